#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/types.h"

namespace sonde::serve {

/// What an Authorization header says: a bearer token, or a name and its password.
struct Credentials {
  std::optional<std::string> token;
  std::string name{};
  std::string password{};
};

/// Nothing for what is neither `Bearer TOKEN` nor `Basic BASE64` (RFC 6750, RFC 7617).
std::optional<Credentials> parse_authorization(std::string_view header);

/// Knows users by what they show, in a time that does not depend on how much of it is right: SHA-256 digests are
/// compared in constant time, of every user.  threads: any.
class UserBook {
 public:
  explicit UserBook(std::span<const User> users);

  [[nodiscard]] bool is_empty() const { return users_.empty(); }

  struct Known {
    std::string name;
    Role role = Role::kRead;
  };

  /// nullptr if it is nobody's.  owner: the book.
  [[nodiscard]] const Known* find(const Credentials& shown) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct Held {
    Known known;
    std::optional<Digest> token;
    std::optional<Digest> password;
  };
  static Digest digest_of(std::string_view text);

  std::vector<Held> users_;
};

}  // namespace sonde::serve
