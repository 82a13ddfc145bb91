#pragma once

namespace sonde::cli {

/// As /api/sonde/v1/probes answers.
inline constexpr const char* kProbeList = R"({"probes": [
  {"probe": "shop", "kind": "http", "address": "https://shop.example/health", "service": "shop", "interval_seconds": 60,
   "up": true, "since": "2026-03-01T09:00:04Z", "probed_at": "2026-03-01T14:03:04Z",
   "last": {"success": true, "reason": null, "duration_seconds": 0.0601, "phases_seconds": {"connect": 0.0084},
            "attempts": 1, "http_status": 200},
   "in_a_row": 303, "contradicted_by": null,
   "uptime": {"1h": {"ratio": 1, "probes": 60}, "24h": {"ratio": 0.9986, "probes": 1440}, "30d": {"ratio": 0.9991, "probes": 43200}}},
  {"probe": "orders", "kind": "postgresql", "address": "db.example:5432", "service": "postgres", "interval_seconds": 10,
   "up": false, "since": "2026-03-01T14:02:10Z", "probed_at": "2026-03-01T14:03:00Z",
   "last": {"success": false, "reason": "the server is starting up", "duration_seconds": 0.0032, "phases_seconds": {},
            "attempts": 3},
   "in_a_row": 6, "contradicted_by": "real requests succeed",
   "uptime": {"1h": {"ratio": 0.98, "probes": 360}, "24h": {"ratio": 0.999, "probes": 8640}, "30d": {"ratio": null, "probes": 0}}},
  {"probe": "mail", "kind": "tcp", "address": "mail.example:25", "service": null, "interval_seconds": 60,
   "up": null, "since": null, "probed_at": null, "last": null, "in_a_row": 0, "contradicted_by": null,
   "uptime": {"1h": {"ratio": null, "probes": 0}, "24h": {"ratio": null, "probes": 0}, "30d": {"ratio": null, "probes": 0}}}
]})";

}  // namespace sonde::cli
