#include "protocol/http1_connection.h"

namespace sonde::protocol {

namespace {

// As far as the kernel copies the head of a message.
constexpr std::size_t kMaxHeadBytes = 8192;

// RFC 9112 section 6.3 items 1 and 2.
bool has_body(HttpMethod method, std::uint16_t status) {
  return method != HttpMethod::kHead && status >= 200 && status != 204 && status != 304;
}

bool switches_protocol(HttpMethod method, std::uint16_t status) {
  return status == 101 || (method == HttpMethod::kConnect && status / 100 == 2);
}

std::size_t blank_line_bytes(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && (text[size] == '\r' || text[size] == '\n')) ++size;
  return size;
}

bool is_usable(const RequestHead& head) { return head.method_whole && head.path_whole; }

}  // namespace

void Http1Connection::seek(Stream& stream) {
  stream.state = State::kSeek;
  stream.sure = false;
  stream.partial_head.clear();
}

void Http1Connection::follow(Stream& stream, const Http1Body& body) {
  stream.state = State::kBody;
  stream.body = body;
}

void Http1Connection::set_role(const Stream& requests_stream) {
  const auto direction = static_cast<std::uint8_t>(&requests_stream - streams_.data());
  if (role_known_ && direction == request_direction_) return;
  role_known_ = true;
  request_direction_ = direction;
  const bool inbound = direction == static_cast<std::uint8_t>(decode::Direction::kInbound);
  pairing_.set_role(inbound ? Role::kServer : Role::kClient);
  Stream& answering = responses();
  seek(answering);
  answering.requests = false;
  if (!seen_from_start_ || answering.offset_bytes != 0) return;
  answering.state = State::kHead;
  answering.sure = true;
}

/// Decides whether a segment looks like the start of a message while none is being read.
bool Http1Connection::try_start(Stream& stream, std::string_view bytes, const ProtocolOutput& out) {
  if (bytes.empty()) return false;
  Stream& other = &stream == streams_.data() ? streams_[1] : streams_[0];
  if (!role_known_ && other.state == State::kHead && parse_response_head(bytes).status != 0) {
    lose_request_boundary(other, 0, out);
  }
  const bool lost_both = streams_[0].state == State::kSeek && streams_[1].state == State::kSeek && idle();
  const bool response = answers(stream) && may_start_response(bytes);
  const bool request = !response && (!answers(stream) || lost_both) && may_start_request(bytes);
  if (!response && !request) return false;
  stream.state = State::kHead;
  stream.requests = request;
  return true;
}

/// True if a body whose end is out of sight must be over because the next message starts here.
bool Http1Connection::starts_next(const Stream& stream, std::string_view bytes) const {
  if (stream.state != State::kBody || bytes.empty()) return false;
  if (!stream.requests) {
    // Nobody knows if what is not paired answers a HEAD, and has no body at all.
    const bool over = pairing_.answering() ? stream.body.blind() && pairing_.in_flight() > 1 : true;
    return over && parse_response_head(bytes).status != 0;
  }
  if (!stream.body.blind()) return false;
  const RequestHead head = parse_request_head(bytes);
  return idle() && head.outcome != Parse::kBroken && is_usable(head) && head.method != HttpMethod::kOther;
}

std::size_t Http1Connection::take_head(Stream& stream, const decode::Segment& segment, std::string_view left,
                                       const ProtocolOutput& out) {
  const std::size_t earlier_bytes = stream.partial_head.size();
  if (earlier_bytes == 0) {
    // RFC 9112 section 2.2: empty lines before a request line are ignored. They are no part of the next exchange.
    const std::size_t blank_bytes = blank_line_bytes(left);
    stream.offset_bytes += blank_bytes;
    if (blank_bytes > 0) return blank_bytes;
    stream.message = {stream.offset_bytes, segment.first_at, segment.last_at};
  } else {
    stream.partial_head.append(left);
  }
  const auto take = [&](const auto& head, auto begin) {
    if (head.outcome == Parse::kDone) {
      const std::size_t taken_bytes = head.size_bytes - earlier_bytes;
      stream.offset_bytes += taken_bytes;
      out.coverage.understood_bytes += head.size_bytes;
      (this->*begin)(stream, head, out);
      stream.partial_head.clear();
      return taken_bytes;
    }
    if (head.outcome == Parse::kBroken && !stream.sure && earlier_bytes > 0) {
      // What was taken for a start was none, but this segment may be one.
      seek(stream);
      if (try_start(stream, left, out)) return std::size_t{0};
    }
    stream.offset_bytes += left.size();
    if (head.outcome == Parse::kBroken) {
      refuse(stream, out);
      return left.size();
    }
    if (earlier_bytes == 0) stream.partial_head.assign(left);
    if (stream.partial_head.size() > kMaxHeadBytes) lose_boundary(stream, 0, out);
    return left.size();
  };
  const std::string_view text = earlier_bytes == 0 ? left : std::string_view{stream.partial_head};
  if (stream.requests) return take(parse_request_head(text), &Http1Connection::begin_request);
  return take(parse_response_head(text), &Http1Connection::begin_response);
}

std::size_t Http1Connection::take_body(Stream& stream, std::string_view left, const ProtocolOutput& out) {
  const std::size_t taken_bytes = stream.body.take(left);
  stream.offset_bytes += taken_bytes;
  out.coverage.understood_bytes += taken_bytes;
  if (stream.body.broken()) {
    refuse(stream, out);
  } else if (stream.body.done()) {
    end_message(stream, out);
  }
  return taken_bytes;
}

void Http1Connection::begin_request(Stream& stream, const RequestHead& head, const ProtocolOutput& out) {
  set_role(stream);
  pairing_.add_request(head, stream.message, pid_, out);
  const BodyFields& fields = head.fields;
  stream.sure = true;
  if (fields.has_coding && fields.chunked_last) {
    follow(stream, Http1Body::chunked());
  } else if (fields.has_coding || fields.bad_length) {
    // RFC 9112 section 6.3 items 4 and 5: the server must refuse it and close. The refusal is an exchange all the same.
    pairing_.end_request(stream.offset_bytes);
    seek(stream);
  } else if (fields.content_length > 0) {
    follow(stream, Http1Body::with_length(fields.content_length));
    pairing_.announce_size(stream.offset_bytes - stream.message.offset_bytes + fields.content_length);
  } else {
    end_message(stream, out);
  }
}

void Http1Connection::begin_response(Stream& stream, const ResponseHead& head, const ProtocolOutput& out) {
  // An answer to a request whose head never ends: 400, 408, 431.
  if (idle() && !pairing_.expects_lost() && requests().state == State::kHead && !requests().partial_head.empty()) {
    lose_request_boundary(requests(), 0, out);
  }
  const HttpMethod method = pairing_.method();
  switch (pairing_.match(head.status, stream.message, out)) {
    case Http1Pairing::Match::kInterim:
      return;
    case Http1Pairing::Match::kUnpaired:
      stream.sure = false;
      break;
    case Http1Pairing::Match::kPaired:
      stream.sure = true;
      break;
  }
  if (switches_protocol(method, head.status)) return end_upgraded(out);
  if (!has_body(method, head.status)) return end_message(stream, out);
  begin_response_body(stream, head.fields, out);
}

// RFC 9112 section 6.3, items 4 to 8.
void Http1Connection::begin_response_body(Stream& stream, const BodyFields& fields, const ProtocolOutput& out) {
  if (fields.has_coding) {
    follow(stream, fields.chunked_last ? Http1Body::chunked() : Http1Body::until_close());
  } else if (fields.bad_length) {
    refuse(stream, out);
  } else if (!fields.has_length) {
    follow(stream, Http1Body::until_close());
  } else if (fields.content_length > 0) {
    follow(stream, Http1Body::with_length(fields.content_length));
  } else {
    end_message(stream, out);
  }
}

void Http1Connection::end_message(Stream& stream, const ProtocolOutput& out) {
  const bool inferred = stream.state == State::kBody && stream.body.is_inferred();
  stream.state = State::kHead;
  stream.sure = stream.requests || pairing_.answering();
  if (inferred) seek(stream);
  if (stream.requests) return pairing_.end_request(stream.offset_bytes);
  pairing_.finish(ending(), out);
}

void Http1Connection::cut_short(Stream& stream, const ProtocolOutput& out) {
  // An unpaired response that is shorter than it said can have swallowed others.
  if (!stream.requests && !pairing_.answering()) pairing_.give_up(ProtocolLoss::kHeadTruncated, out);
  end_message(stream, out);
}

void Http1Connection::end_upgraded(const ProtocolOutput& out) {
  Ending end = ending();
  end.upgraded = true;
  pairing_.finish(end, out);
  pairing_.give_up(ProtocolLoss::kUnansweredRequest, out);
  opaque_ = true;
}

/// What is being read is no message after all.
void Http1Connection::refuse(Stream& stream, const ProtocolOutput& out) {
  const bool sure = stream.sure;
  seek(stream);
  if (!sure) return skip_unknown(stream, out);
  if (stream.requests) {
    out.count(ProtocolLoss::kMalformed);
    return pairing_.end_request(stream.offset_bytes);
  }
  if (idle()) {
    out.count(ProtocolLoss::kMalformed);
  } else if (!pairing_.expects_lost()) {
    pairing_.fail(ending(ExchangeError::kBadResponse), out);
  }
  pairing_.give_up(ProtocolLoss::kUnansweredRequest, out);
}

/// Bytes go by while no message is being read. If an answer is due it may be among them: from here on nobody could
/// tell which response belongs to which of the requests so far.
void Http1Connection::skip_unknown(const Stream& stream, const ProtocolOutput& out) {
  if (answers(stream)) pairing_.give_up(ProtocolLoss::kHeadTruncated, out);
}

/// The next `hidden_bytes` are out of sight, and a message starts or its head ends among them.
void Http1Connection::lose_boundary(Stream& stream, std::uint64_t hidden_bytes, const ProtocolOutput& out) {
  if (stream.requests) return lose_request_boundary(stream, hidden_bytes, out);
  lose_response_boundary(stream, out);
}

void Http1Connection::lose_request_boundary(Stream& stream, std::uint64_t hidden_bytes, const ProtocolOutput& out) {
  const RequestHead head = parse_request_head(stream.partial_head);
  const std::size_t seen_bytes = stream.partial_head.size();
  if (is_usable(head)) {
    // Method and path are all an exchange needs; whatever follows belongs to it until something looks like a request.
    set_role(stream);
    pairing_.add_request(head, stream.message, pid_, out);
    pairing_.end_request(stream.message.offset_bytes + seen_bytes + hidden_bytes);
    out.coverage.understood_bytes += seen_bytes + hidden_bytes;
  } else if (seen_bytes > 0 && (stream.sure || head.method != HttpMethod::kOther)) {
    set_role(stream);
    pairing_.lose_request(out);
  } else if (stream.sure) {
    out.count(ProtocolLoss::kHeadTruncated);
  }
  seek(stream);
}

void Http1Connection::lose_response_boundary(Stream& stream, const ProtocolOutput& out) {
  if (infer_response(stream, out)) return;
  if (idle() && !pairing_.expects_lost() && stream.sure) out.count(ProtocolLoss::kUnmatchedResponse);
  pairing_.give_up(ProtocolLoss::kHeadTruncated, out);
  seek(stream);
}

/// Makes do with the status line if only one response can be meant.
bool Http1Connection::infer_response(Stream& stream, const ProtocolOutput& out) {
  const ResponseHead head = parse_response_head(stream.partial_head);
  const bool only_one = pairing_.in_flight() == 1 && !pairing_.expects_lost();
  if (!only_one || (head.status < 200 && head.status != 101)) return false;
  const HttpMethod method = pairing_.method();
  pairing_.match(head.status, stream.message, out);
  out.coverage.understood_bytes += stream.partial_head.size();
  stream.partial_head.clear();
  stream.sure = true;
  const bool sized = head.fields.has_length && !head.fields.bad_length && !head.fields.has_coding;
  if (switches_protocol(method, head.status)) {
    end_upgraded(out);
  } else if (!has_body(method, head.status)) {
    follow(stream, Http1Body::inferred_length(0));
  } else {
    follow(stream, sized ? Http1Body::inferred_length(head.fields.content_length) : Http1Body::inferred());
  }
  return true;
}

}  // namespace sonde::protocol
