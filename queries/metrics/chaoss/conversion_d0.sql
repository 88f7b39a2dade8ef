/*---
version = 1
title = "Conversion from attendee to D0, by CHAOSS"
definition = "Share of the people who attended their first meeting in the window and have starred or forked."
source = "CHAOSS Conversion Rate, A to D0"
unit = "share"
statistic = "share"
value = "d0"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "By the window of the first meeting attended.",
  "Sets, as CHAOSS has them: it is not asked what came first.",
  "CHAOSS' page calls this step A to D2 by mistake.",
  "Watching is not in the log apart from starring.",
]
---*/
SELECT * FROM chaoss.conversion
