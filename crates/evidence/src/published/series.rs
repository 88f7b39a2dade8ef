//! Which metric of ours follows the definition of which published series: data, and nothing but.

use super::Tool;
use super::Tool::{DevStats, Lfx, OpenDigger};

/// One line: whose series, its name, our metric; and the window, or the kind of window, for which alone it holds.
pub(super) struct Series {
    pub tool: Tool,
    pub name: &'static str,
    pub metric: &'static str,
    pub window: &'static str,
}

const fn series(tool: Tool, name: &'static str, metric: &'static str, window: &'static str) -> Series {
    Series { tool, name, metric, window }
}

/// DevStats' names are its API's and the metric's. OpenDigger's are the file's and, for durations, the aggregate's.
pub(super) const SERIES: &[Series] = &[
    series(DevStats, "CompaniesTable/Contributors", "devstats.contributors", ""),
    series(DevStats, "CompaniesTable/Contributions", "devstats.contributions", ""),
    series(DevStats, "ComStatsRepoGrp/Contributors", "devstats.contributors", ""),
    series(DevStats, "ComStatsRepoGrp/Contributions", "devstats.contributions", ""),
    series(DevStats, "DevActCnt/Contributions", "devstats.contributions", ""),
    series(DevStats, "DevActCntComp/Contributions", "devstats.contributions", ""),
    series(DevStats, "ComContribRepoGrp/companies", "devstats.companies", ""),
    series(DevStats, "ComContribRepoGrp/developers", "devstats.developers", ""),
    series(DevStats, "CumulativeCounts/contributors", "devstats.contributors_and_orgs", ""),
    series(DevStats, "CumulativeCounts/organizations", "devstats.contributors_and_orgs_organizations", ""),
    series(DevStats, "SiteStats/contributors", "devstats.contributors", "all"),
    series(DevStats, "SiteStats/contributions", "devstats.contributions", "all"),
    series(DevStats, "SiteStats/companies", "devstats.companies", "all"),
    series(Lfx, "contributorDependencyCount", "lfx.contributor_dependency", "365d"),
    series(Lfx, "organizationDependencyCount", "lfx.organization_dependency", "365d"),
    series(Lfx, "activeContributorsLast365Days", "lfx.active_contributors", "365d"),
    series(Lfx, "activeOrganizationsLast365Days", "lfx.active_organizations", "365d"),
    series(Lfx, "contributorCount", "lfx.active_contributors", "all"),
    series(Lfx, "organizationCount", "lfx.active_organizations", "all"),
    series(OpenDigger, "bus_factor", "opendigger.bus_factor_month", "month"),
    series(OpenDigger, "bus_factor", "opendigger.bus_factor", "quarter"),
    series(OpenDigger, "bus_factor", "opendigger.bus_factor_year", "year"),
    series(OpenDigger, "contributors", "opendigger.contributors", ""),
    series(OpenDigger, "new_contributors", "opendigger.new_contributors", ""),
    series(OpenDigger, "issue_response_time/avg", "opendigger.issue_response_time", ""),
    series(OpenDigger, "issue_response_time/quantile_0", "opendigger.issue_response_time_quantile_0", ""),
    series(OpenDigger, "issue_response_time/quantile_1", "opendigger.issue_response_time_quantile_1", ""),
    series(OpenDigger, "issue_response_time/quantile_2", "opendigger.issue_response_time_quantile", ""),
    series(OpenDigger, "issue_response_time/quantile_3", "opendigger.issue_response_time_quantile_3", ""),
    series(OpenDigger, "issue_response_time/quantile_4", "opendigger.issue_response_time_quantile_4", ""),
    series(OpenDigger, "issue_response_time/levels/0", "opendigger.issue_response_time_level", ""),
    series(OpenDigger, "issue_response_time/levels/1", "opendigger.issue_response_time_level_1", ""),
    series(OpenDigger, "issue_response_time/levels/2", "opendigger.issue_response_time_level_2", ""),
    series(OpenDigger, "issue_response_time/levels/3", "opendigger.issue_response_time_level_3", ""),
    series(OpenDigger, "issue_resolution_duration/avg", "opendigger.issue_resolution_duration", ""),
];

/// The line of a series for a window or kind of window; for any, where that is empty.
pub(super) fn find(tool: Tool, name: &str, window: &str) -> Option<&'static Series> {
    let holds = |series: &&Series| series.window.is_empty() || window.is_empty() || series.window == window;
    SERIES.iter().filter(|series| series.tool == tool && series.name == name).find(holds)
}

/// Why a series that is in no line is not compared.
pub(super) const NO_METRIC: &str = "no metric of muster follows this definition";
