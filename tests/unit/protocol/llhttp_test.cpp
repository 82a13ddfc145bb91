#include <gtest/gtest.h>
#include <llhttp.h>

#include <random>

#include "protocol/http1_body.h"
#include "protocol/http1_head.h"

namespace sonde::protocol {
namespace {

/// One message of a stream, as a parser understood it.
struct Framed {
  std::string start;  // method and path, or status
  std::size_t end = 0;

  bool operator==(const Framed&) const = default;
};

void PrintTo(const Framed& framed, std::ostream* to) { *to << framed.start << " ends at " << framed.end; }

/// Node's parser, byte by byte so that it tells where each message ends.
class Oracle {
 public:
  explicit Oracle(llhttp_type_t type) {
    llhttp_settings_init(&settings_);
    settings_.on_url = [](llhttp_t* parser, const char* at, std::size_t length) {
      self(parser).url_.append(at, length);
      return 0;
    };
    settings_.on_message_complete = [](llhttp_t* parser) { return self(parser).complete(*parser); };
    llhttp_init(&parser_, type, &settings_);
    parser_.data = this;
  }

  std::vector<Framed> read(const std::string& stream) {
    for (at_ = 0; at_ < stream.size(); ++at_) {
      if (llhttp_execute(&parser_, stream.data() + at_, 1) != HPE_OK) break;
    }
    return framed_;
  }

 private:
  static Oracle& self(llhttp_t* parser) { return *static_cast<Oracle*>(parser->data); }

  int complete(const llhttp_t& parser) {
    const auto method = static_cast<llhttp_method_t>(parser.method);
    const std::string start =
        parser.type == HTTP_REQUEST ? llhttp_method_name(method) + (" " + url_) : std::to_string(parser.status_code);
    framed_.push_back({start, at_ + 1});
    url_.clear();
    return 0;
  }

  llhttp_settings_t settings_{};
  llhttp_t parser_{};
  std::string url_;
  std::vector<Framed> framed_;
  std::size_t at_ = 0;
};

std::size_t skip_body(const BodyFields& fields, std::string_view rest) {
  if (!fields.chunked_last && fields.content_length == 0) return 0;
  Http1Body body = fields.chunked_last ? Http1Body::chunked() : Http1Body::with_length(fields.content_length);
  const std::size_t taken = body.take(rest);
  return body.done() ? taken : std::string_view::npos;
}

template <class Head>
std::vector<Framed> frame(const std::string& stream, Head (*parse)(std::string_view),
                          std::string (*name)(const Head&)) {
  std::vector<Framed> framed;
  std::size_t at = 0;
  while (at < stream.size()) {
    const std::string_view rest = std::string_view{stream}.substr(at);
    const Head head = parse(rest);
    if (head.outcome != Parse::kDone) break;
    const std::size_t body_bytes = skip_body(head.fields, rest.substr(head.size_bytes));
    if (body_bytes == std::string_view::npos) break;
    at += head.size_bytes + body_bytes;
    framed.push_back({name(head), at});
  }
  return framed;
}

/// Writes messages that are valid in many ways.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string request() {
    const std::string method = pick({"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"});
    return method + " " + pick({"/", "/a", "/users/17/orders", "/x%20y/z~", "/a//b/"}) + " HTTP/1.1" + "\r\n" + rest();
  }

  std::string response() {
    return pick({"HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 500 ", "HTTP/1.1 201 Created"}) + "\r\n" +
           rest();
  }

 private:
  std::size_t upto(std::size_t limit) { return random_() % (limit + 1); }
  std::string pick(const std::vector<std::string>& from) { return from[upto(from.size() - 1)]; }

  std::string fields() {
    std::string text;
    for (std::size_t i = upto(4); i > 0; --i) {
      text += pick({"Host: h\r\n", "Accept: */*\r\n", "Cookie: a=b; c=\"d\"\r\n", "X-Empty:\r\n",
                    "Connection: keep-alive\r\n", "Content-Type: text/html\r\n", "TE: trailers\r\n",
                    "X-Content-Length: 9\r\n", "Content-Length-X: 7\r\n", "X: content-length: 5\r\n"});
    }
    return text;
  }

  std::string rest() {
    const std::string body(upto(40), 'b');
    if (upto(1) == 0) {
      const std::string name = pick({"Content-Length:", "content-length: ", "CONTENT-LENGTH:\t "});
      return fields() + name + pick({"", "0", "00"}) + std::to_string(body.size()) + pick({"", " "}) + "\r\n" +
             fields() + "\r\n" + body;
    }
    std::string text = fields() +
                       pick({"Transfer-Encoding: chunked\r\n", "transfer-encoding:CHUNKED\r\n",
                             "Transfer-Encoding: gzip, chunked\r\n"}) +
                       fields() + "\r\n";
    for (std::size_t i = upto(3); i > 0; --i) {
      const std::size_t size = 1 + upto(40);
      std::array<char, 16> hex{};
      std::snprintf(hex.data(), hex.size(), upto(1) == 0 ? "%zx" : "%04zX", size);
      text += hex.data() + pick({"", ";a", ";a=b"}) + "\r\n" + std::string(size, 'c') + "\r\n";
    }
    return text + "0\r\n" + pick({"", "", "Digest: x\r\n"}) + "\r\n";
  }

  std::mt19937_64 random_;
};

TEST(Llhttp, agrees_where_each_of_20000_requests_ends) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    Writer writer(seed);
    std::string stream;
    for (int i = 0; i < 10; ++i) stream += writer.request();
    const auto ours = frame<RequestHead>(stream, parse_request_head, [](const RequestHead& head) {
      return std::string{name_of(head.method)} + " " + std::string{head.path};
    });
    ASSERT_EQ(ours, Oracle(HTTP_REQUEST).read(stream)) << "seed " << seed << "\n" << stream;
    ASSERT_EQ(ours.size(), 10u);
  }
}

TEST(Llhttp, agrees_where_each_of_20000_responses_ends) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    Writer writer(seed);
    std::string stream;
    for (int i = 0; i < 10; ++i) stream += writer.response();
    const auto ours = frame<ResponseHead>(stream, parse_response_head,
                                          [](const ResponseHead& head) { return std::to_string(head.status); });
    ASSERT_EQ(ours, Oracle(HTTP_RESPONSE).read(stream)) << "seed " << seed << "\n" << stream;
    ASSERT_EQ(ours.size(), 10u);
  }
}

}  // namespace
}  // namespace sonde::protocol
