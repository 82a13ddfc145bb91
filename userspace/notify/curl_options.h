#pragma once

#include <curl/curl.h>

#include <string>

#include "notify/curl_handles.h"
#include "notify/types.h"

namespace sonde::notify {

/// Says how the server's certificate is checked, and with which we show ourselves.
void set_tls(CURL* easy, const TlsOptions& options);

/// An address whose certificate is for another name: curl is given the name, and told where that is.
struct Address {
  std::string url;
  std::string host{};     ///< HOST:PORT as it was, for the header Host; empty: the URL's own
  CurlList connect_to{};  ///< to outlive the transfer; null: where the URL says
};

/// shape: as it came where `options` name no server, or the URL cannot be taken apart.
Address address_of(const std::string& url, const TlsOptions& options);

/// Sets the address, which outlives the transfer.
void set_address(CURL* easy, const Address& address);

}  // namespace sonde::notify
