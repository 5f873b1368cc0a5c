#pragma once
// One HTTP question to a service that may or may not be there.
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "io/url.h"

namespace eva::cli {

struct Answer {
  int status = 0;
  std::string body;  // at most 64 KiB of it
};

/// GET url/target with a bearer key unless `key` is empty. Blocks up to `patience` for the
/// connection and for each piece of the answer. Errors: those of io::HttpCallbacks::on_done.
Result<Answer> ask(const io::Url& url, const std::string& target, const std::string& key,
                   Duration patience);

}  // namespace eva::cli
