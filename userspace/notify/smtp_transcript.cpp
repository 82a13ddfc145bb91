#include "notify/smtp_transcript.h"

#include <algorithm>
#include <cctype>

namespace sonde::notify {
namespace {

// RFC 5321, 4.5.3.1.5: a line of an answer has 512 bytes at most.
constexpr std::size_t kLongestLine = 1024;
constexpr std::size_t kMostRecipients = 1000;

bool starts_with_word(std::string_view bytes, std::string_view word) {
  return bytes.size() >= word.size() &&
         std::equal(word.begin(), word.end(), bytes.begin(),
                    [](char wanted, char given) { return wanted == std::toupper(static_cast<unsigned char>(given)); });
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// 0 if there is none.
int code_of(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

}  // namespace

void SmtpTranscript::sent(std::string_view bytes) {
  if (starts_with_word(bytes, "RCPT ")) {
    asked_ = Asked::kRecipient;
  } else if (starts_with_word(bytes, "DATA\r")) {
    asked_ = Asked::kData;
  } else if (starts_with_word(bytes, "QUIT\r")) {
    asked_ = Asked::kQuit;
  } else {
    asked_ = Asked::kOther;
  }
}

void SmtpTranscript::received(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte == '\n') {
      take_line(line_);
      line_.clear();
    } else if (line_.size() < kLongestLine) {
      line_ += byte;
    }
  }
}

void SmtpTranscript::take_line(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const int code = code_of(line);
  const bool is_last = line.size() == 3 || (line.size() > 3 && line[3] == ' ');
  if (code == 0 || !is_last) return;
  take_reply({code, std::string(line.substr(std::min<std::size_t>(4, line.size())))});
}

void SmtpTranscript::take_reply(const SmtpReply& reply) {
  switch (asked_) {
    case Asked::kRecipient:
      if (outcome_.recipients.size() < kMostRecipients) outcome_.recipients.push_back(reply);
      asked_ = Asked::kOther;
      break;
    case Asked::kData:
      outcome_.last = reply;
      // 354: what is answered next is the message itself.
      asked_ = reply.code / 100 == 3 ? Asked::kMessage : Asked::kOther;
      if (asked_ == Asked::kOther) outcome_.message = reply;
      break;
    case Asked::kMessage:
      outcome_.last = outcome_.message = reply;
      asked_ = Asked::kOther;
      break;
    case Asked::kOther:
      // What a server adds after its answer, such as 421 before it hangs up, changes nothing.
      if (!is_answered()) outcome_.last = reply;
      break;
    case Asked::kQuit:
      break;
  }
}

}  // namespace sonde::notify
