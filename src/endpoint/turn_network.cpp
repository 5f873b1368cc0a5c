#include "endpoint/turn_network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "endpoint/smart_turn_features.h"

namespace eva::endpoint {
namespace {

using Shape = std::vector<std::int64_t>;

bool fits(const Shape& declared, const Shape& wanted) {
  return std::ranges::equal(declared, wanted, [](std::int64_t has, std::int64_t wants) {
    return has == -1 || has == wants;
  });
}

std::string shown(const Result<std::vector<tensor::Port>>& ports) {
  std::vector<std::string> all;
  for (const tensor::Port& port : *ports) {
    all.push_back(fmt::format("{} [{}]", port.name, fmt::join(port.shape, ", ")));
  }
  return fmt::format("{}", fmt::join(all, " and "));
}

}  // namespace

Result<std::unique_ptr<TurnNetwork>> TurnNetwork::load(const std::filesystem::path& file) {
  auto model = tensor::Model::load(file);
  if (!model) return std::unexpected(model.error());
  const auto inputs = (*model)->inputs();
  const auto outputs = (*model)->outputs();
  if (!inputs) return std::unexpected(inputs.error());
  if (!outputs) return std::unexpected(outputs.error());
  const auto wrong = [&](const std::string& why) {
    return fail(
        ErrorCode::kBadConfig,
        fmt::format("{} cannot judge turns: it takes {} and gives {}{}. A model for this "
                    "takes [1, {}, {}] log-mel values or [1, {}] samples and gives one "
                    "probability.",
                    file.string(), shown(inputs), shown(outputs), why, kBands, kFrames, kHeard));
  };
  if (inputs->size() != 1 || outputs->empty()) return wrong("");
  const bool features = fits(inputs->front().shape, {1, kBands, kFrames});
  const bool samples = fits(inputs->front().shape, {1, kHeard});
  if (!features && !samples) return wrong("");
  std::unique_ptr<TurnNetwork> network(
      new TurnNetwork(std::move(*model), inputs->front().name, outputs->front().name, samples));
  // Declared shapes may be open: what it really gives is known once it has run.
  if (const auto probability = network->probability({}); !probability) {
    return wrong(", but " + probability.error().detail);
  }
  return network;
}

TurnNetwork::TurnNetwork(std::unique_ptr<tensor::Model> model, std::string input,
                         std::string output, bool takes_samples)
    : model_(std::move(model)),
      input_(std::move(input)),
      output_(std::move(output)),
      takes_samples_(takes_samples),
      log_mel_(static_cast<int>(kBands)) {}

Result<double> TurnNetwork::probability(std::span<const std::int16_t> pcm,
                                        CancelToken* cancel) const {
  std::vector<float> values =
      takes_samples_ ? newest_samples(pcm) : smart_turn_features(pcm, log_mel_);
  const Shape shape = takes_samples_ ? Shape{1, kHeard} : Shape{1, kBands, kFrames};
  const auto input = tensor::Value::view(std::span<float>(values), shape);
  const auto outputs = model_->run({{input_.c_str(), &input}}, {output_.c_str()}, cancel);
  if (!outputs) return std::unexpected(outputs.error());
  const auto numbers = outputs->front().floats();
  if (numbers.size() != 1 || !(numbers[0] >= 0.0F && numbers[0] <= 1.0F)) {
    return fail(ErrorCode::kBadInput,
                numbers.size() == 1 ? fmt::format("its answer {} is no probability", numbers[0])
                                    : fmt::format("it answers {} numbers", numbers.size()));
  }
  return numbers[0];
}

}  // namespace eva::endpoint
