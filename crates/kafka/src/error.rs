//! What can go wrong between muster and Kafka, said with what to do.

use crate::watch::Trouble;
use muster_log::LogError;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// What kind of trouble a [`TransportError`] is, for a caller that decides by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No broker answers.
    Absent,
    /// The brokers do not know the user or the password.
    Login,
    /// No encrypted connection can be made.
    Tls,
    /// The user may not do this.
    Forbidden,
    /// There is no such topic.
    NoTopic,
    /// Another instance has taken over.
    Fenced,
    /// A record is larger than the topic takes.
    TooLarge,
    /// Records were deleted from the topic before they were archived.
    Gap,
    /// The topic is not the one that was archived.
    OtherTopic,
    /// A property is unknown or wrong.
    Property,
    /// The log cannot be written or read.
    Log,
    /// The program was asked to stop.
    Stopped,
    /// Anything else.
    Other,
}

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What kind of trouble it is.
    pub fault: Fault,
    /// What was tried and what was found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl TransportError {
    pub(crate) fn new(fault: Fault, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { fault, message: message.into(), hint: hint.into() }
    }

    /// Somebody asked the program to stop.
    pub(crate) fn stopped() -> Self {
        Self::new(Fault::Stopped, "stopped", "run it again: it goes on from where it stood")
    }

    /// What librdkafka refuses before it has talked to anybody.
    pub(crate) fn property(error: &KafkaError) -> Self {
        match error {
            // The value may be a secret, so it is not repeated.
            KafkaError::ClientConfig(_, why, name, _) => Self::new(
                Fault::Property,
                format!("librdkafka does not take the property {name}: {why}"),
                "correct it in [transport]; librdkafka's CONFIGURATION.md lists them (TLS and SCRAM need a muster built \
                 with the feature kafka)",
            ),
            error => Self::new(Fault::Property, format!("librdkafka cannot begin: {error}"), "correct [transport]"),
        }
    }

    /// An operation that failed, told by what went wrong below it where that is known.
    pub(crate) fn of(doing: &str, brokers: &str, error: &KafkaError, trouble: Option<Trouble>) -> Self {
        if let Some(trouble) = trouble.filter(|_| !says_why(error)) {
            return Self::new(trouble.fault, format!("cannot {doing}: {}", trouble.text), hint(trouble.fault, brokers));
        }
        let fault = error.rdkafka_error_code().map_or(Fault::Other, fault_of);
        Self::new(fault, format!("cannot {doing}: {error}"), hint(fault, brokers))
    }

    /// The same for a code that stands alone.
    pub(crate) fn of_code(doing: &str, brokers: &str, code: RDKafkaErrorCode) -> Self {
        let fault = fault_of(code);
        Self::new(fault, format!("cannot {doing}: {code}"), hint(fault, brokers))
    }
}

/// Whether an error says more than that nobody answered in time.
fn says_why(error: &KafkaError) -> bool {
    let vague = [
        RDKafkaErrorCode::OperationTimedOut,
        RDKafkaErrorCode::BrokerTransportFailure,
        RDKafkaErrorCode::AllBrokersDown,
        RDKafkaErrorCode::Fatal,
    ];
    error.rdkafka_error_code().is_some_and(|code| !vague.contains(&code))
}

pub(crate) fn fault_of(code: RDKafkaErrorCode) -> Fault {
    use RDKafkaErrorCode as Code;
    match code {
        Code::BrokerTransportFailure | Code::Resolve | Code::AllBrokersDown | Code::OperationTimedOut => Fault::Absent,
        Code::Authentication
        | Code::SaslAuthenticationFailed
        | Code::UnsupportedSASLMechanism
        | Code::IllegalSASLState => Fault::Login,
        Code::SSL => Fault::Tls,
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed => Fault::Forbidden,
        Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => Fault::NoTopic,
        Code::Fenced
        | Code::InvalidProducerEpoch
        | Code::ProducerFenced
        | Code::TransactionCoordinatorFenced
        | Code::FencedInstanceId => Fault::Fenced,
        Code::MessageSizeTooLarge | Code::MessageBatchTooLarge => Fault::TooLarge,
        _ => Fault::Other,
    }
}

/// What to do about a kind of trouble.
pub(crate) fn hint(fault: Fault, brokers: &str) -> String {
    match fault {
        Fault::Absent => format!(
            "check that the brokers run and that {brokers} is where they listen; nothing is lost, run again when they do"
        ),
        Fault::Login => "check user, password and mechanism in [transport.security]; nothing was written".to_owned(),
        Fault::Tls => {
            "check the certificates: whether they have expired, and whether ca in [transport.security] is what \
                       signed those of the brokers; nothing was written"
                .to_owned()
        }
        Fault::Forbidden => "ask whoever keeps the brokers for the rights (docs/kafka.md lists them)".to_owned(),
        Fault::NoTopic => "make it with: muster topic create FILE".to_owned(),
        Fault::Fenced => "let only one of them run; what the other one collects is in the topic".to_owned(),
        Fault::TooLarge => {
            "raise max.message.bytes of the topic (muster topic check FILE says what it is) and run again; \
                            nothing of this batch is in the topic"
                .to_owned()
        }
        _ => format!("run again; if it stays, look at the logs of the brokers at {brokers}"),
    }
}

impl From<LogError> for TransportError {
    fn from(error: LogError) -> Self {
        Self::new(Fault::Log, error.message, error.hint)
    }
}
