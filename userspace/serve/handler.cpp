#include "serve/handler.h"

#include "serve/json_text.h"

namespace sonde::serve {

HttpResponse problem_response(unsigned status, std::string_view what) {
  std::string body = R"({"error":)";
  append_json_string(body, what);
  return json_response(status, body + "}\n");
}

}  // namespace sonde::serve
