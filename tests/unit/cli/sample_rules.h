#pragma once

namespace sonde::cli {

/// What a daemon answers at /api/sonde/v1/rules.
inline constexpr const char* kRuleList = R"({"rules":[
  {"group":"services","file":"built-in/services.yml","line":90,"name":"HighErrorRate","type":"alerting",
   "severity":"warning","state":"firing","pending":1,"firing":2,"health":"ok","last_error":"","missing_metrics":[],
   "held_back":1,"gated":7,"refused":0,"blind":false},
  {"group":"probes","file":"built-in/probes.yml","line":9,"name":"ProbeDown","type":"alerting","severity":"critical",
   "state":"inactive","pending":0,"firing":0,"health":"ok","last_error":"","missing_metrics":["probe_success"],
   "held_back":0,"gated":0,"refused":0,"blind":false},
  {"group":"own","file":"/etc/sonde/rules.d/web.yml","line":4,"name":"web:rate","type":"recording","severity":null,
   "state":null,"pending":0,"firing":0,"health":"err","last_error":"many-to-many matching","missing_metrics":[],
   "held_back":0,"gated":0,"refused":0,"blind":false}]})";

/// What a daemon answers at /api/sonde/v1/rules/explain.
inline constexpr const char* kExplanation = R"({"alert":"HighErrorRate","at":"2026-03-01T14:03:07Z","rules":[
  {"group":"services","file":"built-in/services.yml","line":90,"name":"HighErrorRate","type":"alerting",
   "severity":"warning","state":"pending","pending":1,"firing":0,"health":"ok","last_error":"","missing_metrics":[],
   "held_back":1,"gated":7,"refused":0,"blind":false,
   "expression":"errors / requests > 0.01\n  and requests >= 20",
   "threshold":{"above":true,"inclusive":false,"value":0.01},
   "clear":"errors / requests <= 0.005","clear_threshold":{"above":false,"inclusive":true,"value":0.005},
   "for_seconds":60.0,"keep_firing_for_seconds":300.0,"breaches":3,"clears":1,"no_data":"keep_last","says":[],
   "settings":[{"name":"sonde_requires","expression":"requests >= 20","error":"",
                "threshold":{"above":true,"inclusive":true,"value":20},
                "elements":[{"labels":{"service_name":"checkout"},"value":497.5552164890466,"holds":true},
                            {"labels":{"service_name":"reports"},"value":3.0,"holds":false}]}],
   "instances":[{"labels":{"alertname":"HighErrorRate","service_name":"checkout","severity":"warning"},
                 "state":"pending","value":0.4,"breaches":true,
                 "says":["0.4 is above 0.01","pending since 2026-03-01T14:02:37Z, for 30s of the 1m it takes, 2 of 3 times in a row"],
                 "annotations":{"summary":"40% of requests to checkout fail"}},
                {"labels":{"alertname":"HighErrorRate","service_name":"reports","severity":"warning"},
                 "state":"inactive","value":0.5,"breaches":false,
                 "says":["0.5 is above 0.01","no answer: too little to judge: 3 < 20"],
                 "annotations":{"summary":"50% of requests to reports fail"}}],
   "instances_left_out":3}]})";

}  // namespace sonde::cli
