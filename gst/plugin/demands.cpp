// SPDX-License-Identifier: LGPL-2.1-or-later
// The ids of requests, and those of them that were asked for by hand.
#include "plugin/demands.hpp"

#include "wire/text.hpp"

#include <utility>

namespace gemini {

Result<Question, SettingProblem> with_prompt(Question question,
                                             const std::optional<std::string> &prompt)
{
  if (prompt)
    question.prompt = *prompt;
  if (question.task == Task::ask && wire::trimmed(question.prompt).empty())
    return SettingProblem{"The prompt of analyze-now is empty: task=ask needs a question."};
  return question;
}

std::uint64_t Demands::add(Question question)
{
  const std::lock_guard lock{mutex_};
  if (is_ended_ || open_.size() >= kMost)
    return 0;
  const std::uint64_t id = next_id_++;
  open_.insert(id);
  waiting_.push_back({.id = id, .question = std::move(question)});
  return id;
}

std::vector<Demand> Demands::take()
{
  const std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

std::uint64_t Demands::next_id()
{
  const std::lock_guard lock{mutex_};
  return next_id_++;
}

std::uint64_t Demands::upcoming() const
{
  const std::lock_guard lock{mutex_};
  return waiting_.empty() ? next_id_ : waiting_.front().id;
}

void Demands::answered(std::uint64_t id)
{
  const std::lock_guard lock{mutex_};
  open_.erase(id);
}

void Demands::end()
{
  const std::lock_guard lock{mutex_};
  is_ended_ = true;
}

void Demands::resume()
{
  const std::lock_guard lock{mutex_};
  is_ended_ = false;
}

Demands::Forgotten Demands::forget()
{
  std::vector<Demand> forgotten; // goes without the lock
  const std::lock_guard lock{mutex_};
  first_valid_ = next_id_;
  open_.clear();
  waiting_.swap(forgotten);
  return {.first_valid = first_valid_, .n_waiting = forgotten.size()};
}

Demands::Forgotten Demands::forget_sampled()
{
  const std::lock_guard lock{mutex_};
  open_.clear();
  for (const Demand &demand : waiting_)
    open_.insert(demand.id);
  first_valid_ = waiting_.empty() ? next_id_ : waiting_.front().id;
  return {.first_valid = first_valid_};
}

bool Demands::is_valid(std::uint64_t id) const
{
  const std::lock_guard lock{mutex_};
  return id >= first_valid_;
}

} // namespace gemini
