# muster in a container: `docker build -t muster .`, with the Kafka transport `--build-arg FEATURES=kafka`.
# The program is all there is, besides Git (which collects repositories), CA certificates and a user of its own.

ARG RUST=1.95.0
ARG DEBIAN=bookworm

FROM rust:${RUST}-slim-${DEBIAN} AS build
ARG FEATURES=""
# g++, make and OpenSSL's headers are for librdkafka alone. Debian's point releases remove older versions, so a pinned one
# would break the build; the base image is what fixes the distribution.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ libssl-dev make pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package muster-cli --features "${FEATURES}" \
    && install -D target/release/muster /out/muster

FROM debian:${DEBIAN}-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 muster \
    && useradd --uid 10001 --gid muster --home-dir /var/lib/muster --create-home --shell /usr/sbin/nologin muster \
    && mkdir -p /etc/muster/pipelines
COPY --from=build /out/muster /usr/local/bin/muster
USER 10001:10001
WORKDIR /var/lib/muster
VOLUME /var/lib/muster
EXPOSE 9464
# Of the daemon; a single run (`docker run muster run FILE`) is over before it is asked for the third time.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/muster"]
CMD ["--log-format", "json", "schedule", "/etc/muster/pipelines", "--health", "0.0.0.0:9464"]
