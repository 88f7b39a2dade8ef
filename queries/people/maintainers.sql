/*---
title = "Accounts that rosters list as maintainers"
---*/
SELECT DISTINCT account FROM listings WHERE is_maintainer
