// SPDX-License-Identifier: LGPL-2.1-or-later
// The pictures of a question on their way into a request.
#include "plugin/job_pictures.hpp"

#include "glib/clock.hpp"
#include "net/file_store.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace gemini {

namespace {

std::chrono::milliseconds time_left(Clock::TimePoint give_up_at)
{
  using std::chrono::milliseconds;
  return std::max(milliseconds{1},
                  std::chrono::duration_cast<milliseconds>(give_up_at - Clock::current().now()));
}

std::span<const std::uint8_t> bytes_of(const std::string &text)
{
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

} // namespace

JobPictures::JobPictures(const std::shared_ptr<Worker> &worker, net::HttpClient &client,
                         Service &service, UploadBy upload, AnalyzerStats &stats, Ready ready,
                         Failed failed)
    : worker_(worker), client_(client), service_(service), upload_(upload), stats_(stats),
      ready_(std::move(ready)), failed_(std::move(failed))
{
  for (const ReferenceImage &image : service_.references)
    references_.push_back({.image = image});
}

JobPictures::~JobPictures()
{
  cancel();
}

void JobPictures::cancel()
{
  ++turn_;
  preparations_.clear();
  for (Reference &reference : references_)
    reference.waiting.clear();
  if (service_.files)
    service_.files->cancel(this);
}

template <typename Value>
std::function<void(Value)> JobPictures::in_worker(std::function<void(Value &)> then)
{
  return [this, worker = worker_, turn = turn_, then = std::move(then)](Value value) {
    if (const auto to = worker.lock())
      to->post([this, turn, then, value = std::move(value)]() mutable {
        if (turn == turn_)
          then(value);
      });
  };
}

net::FileStore::Authorize JobPictures::authorize() const
{
  return [credentials = service_.credentials] { return credentials->headers(); };
}

net::FileStore::Tap JobPictures::tap(const AnalysisJob &job) const
{
  if (!service_.audit)
    return nullptr;
  return [audit = service_.audit, id = job.id, attempt = job.attempts + 1](
             const net::HttpRequest &request, const net::HttpResult &result) {
    audit->add("file", id, attempt, request, result);
  };
}

bool JobPictures::prepare(const AnalysisJob &job, std::size_t inline_limit)
{
  std::size_t inline_bytes = 0;
  for (const AnalysisJob::Frame &frame : job.frames)
    inline_bytes += frame.picture.jpeg.size() / 3 * 4 + 1024;
  for (const Reference &reference : references_)
    if (upload_ == UploadBy::inline_data && reference.image.content)
      inline_bytes += reference.image.content->size() / 3 * 4 + 1024;

  Preparation &preparation = preparations_[job.id];
  preparation.attempt = job.attempt;
  preparation.n_missing = 0;
  preparation.effort = {.give_up_at = job.give_up_at(), .tap = tap(job)};
  wait_for_references({job.id, job.attempt}, preparation);
  const bool uploads_frames =
      service_.files && (upload_ == UploadBy::files ||
                         (upload_ == UploadBy::automatic && inline_bytes > inline_limit));
  if (uploads_frames && preparation.frame_uris.empty()) {
    preparation.frame_uris.resize(job.frames.size());
    for (std::size_t i = 0; i < job.frames.size(); ++i) {
      ++preparation.n_missing;
      upload_frame(job, i);
    }
  }
  return preparation.n_missing == 0;
}

void JobPictures::wait_for_references(const Waiter &waiter, Preparation &preparation)
{
  for (std::size_t i = 0; i < references_.size(); ++i) {
    if (is_there(references_[i]))
      continue;
    ++preparation.n_missing;
    references_[i].waiting.push_back(waiter);
    if (references_[i].waiting.size() == 1)
      advance(i, preparation.effort);
  }
}

// As it goes into requests: as bytes, or as an address.
bool JobPictures::is_there(Reference &reference) const
{
  // What the user uploaded himself goes by its address, whatever `upload` says.
  const bool goes_inline = !service_.files || upload_ == UploadBy::inline_data;
  if (goes_inline && reference.image.kind != ReferenceImage::Kind::uploaded)
    return reference.image.kind == ReferenceImage::Kind::content;
  if (reference.image.kind != ReferenceImage::Kind::uploaded && reference.file &&
      reference.file->expires &&
      *reference.file->expires - net::kLeastFileLife <= Clock::current().wall())
    reference.file.reset();
  return reference.file.has_value();
}

// One step nearer to being there.
void JobPictures::advance(std::size_t i, const Effort &effort)
{
  Reference &reference = references_[i];
  if (is_there(reference)) {
    finish_reference(i);
    return;
  }
  if (reference.image.kind == ReferenceImage::Kind::web) {
    fetch(i, effort);
    return;
  }
  const auto done = in_worker<Stored>([this, i](Stored &stored) {
    if (stored) {
      references_[i].file = std::move(*stored);
      finish_reference(i);
      return;
    }
    stored.error().message =
        "The reference image " + references_[i].image.uri + ": " + stored.error().message;
    fail_reference(i, stored.error());
  });
  if (reference.image.kind == ReferenceImage::Kind::uploaded) {
    service_.files->find({.owner = this,
                          .name = reference.image.name,
                          .authorize = authorize(),
                          .timeout = time_left(effort.give_up_at),
                          .tap = effort.tap},
                         done);
    return;
  }
  stats_.add(AnalyzerStats::uploads);
  service_.files->upload({.owner = this,
                          .content = reference.image.content,
                          .mime_type = reference.image.mime_type,
                          .display_name = "reference " + std::to_string(i + 1),
                          .authorize = authorize(),
                          .timeout = time_left(effort.give_up_at),
                          .tap = effort.tap},
                         done);
}

void JobPictures::fetch(std::size_t i, const Effort &effort)
{
  using Fetched = Result<ReferenceImage, Failure>;
  fetch_reference(client_, references_[i].image, time_left(effort.give_up_at),
                  in_worker<Fetched>([this, i, effort](Fetched &fetched) {
                    if (fetched) {
                      references_[i].image = std::move(*fetched);
                      advance(i, effort);
                      return;
                    }
                    net::HttpFailure failure;
                    static_cast<Failure &>(failure) = std::move(fetched.error());
                    fail_reference(i, failure);
                  }));
}

void JobPictures::finish_reference(std::size_t i)
{
  const std::vector<Waiter> waiting = std::exchange(references_[i].waiting, {});
  for (const Waiter &waiter : waiting)
    one_is_there(waiter);
}

void JobPictures::fail_reference(std::size_t i, const net::HttpFailure &failure)
{
  const std::vector<Waiter> waiting = std::exchange(references_[i].waiting, {});
  for (const Waiter &waiter : waiting)
    one_failed(waiter, failure);
}

void JobPictures::upload_frame(const AnalysisJob &job, std::size_t i)
{
  const auto &jpeg = job.frames[i].picture.jpeg;
  stats_.add(AnalyzerStats::uploads);
  service_.files->upload(
      {.owner = this,
       .content = std::make_shared<const std::string>(jpeg.begin(), jpeg.end()),
       .mime_type = "image/jpeg",
       .display_name = "frame " + std::to_string(job.frames[i].analysis.request_id),
       .authorize = authorize(),
       .timeout = time_left(job.give_up_at()),
       .is_single_use = true,
       .tap = tap(job)},
      // What was cancelled meanwhile has to be taken away again, so that it is heard of all the
      // same.
      [this, worker = worker_, i, waiter = Waiter{job.id, job.attempt}](Stored stored) {
        if (const auto to = worker.lock())
          to->post([this, i, waiter, stored = std::move(stored)]() mutable {
            upload_is_over(waiter, i, std::move(stored));
          });
      });
}

void JobPictures::upload_is_over(const Waiter &waiter, std::size_t i, Stored stored)
{
  const auto preparation = preparations_.find(waiter.job);
  const bool is_wanted =
      preparation != preparations_.end() && preparation->second.attempt == waiter.attempt;
  if (!stored) {
    one_failed(waiter, stored.error());
  } else if (is_wanted) {
    preparation->second.frame_uris[i] = stored->uri;
    one_is_there(waiter);
  } else {
    service_.files->remove(stored->uri);
  }
}

void JobPictures::one_is_there(const Waiter &waiter)
{
  const auto found = preparations_.find(waiter.job);
  if (found == preparations_.end() || found->second.attempt != waiter.attempt)
    return;
  if (--found->second.n_missing > 0)
    return;
  // Another job may have found out meanwhile that one of them is gone.
  wait_for_references(waiter, found->second);
  if (found->second.n_missing == 0)
    ready_(waiter.job, waiter.attempt);
}

void JobPictures::one_failed(const Waiter &waiter, const net::HttpFailure &failure)
{
  const auto found = preparations_.find(waiter.job);
  if (found == preparations_.end() || found->second.attempt != waiter.attempt)
    return;
  found->second.attempt = 0; // what else comes for this attempt means nothing
  auto &uris = found->second.frame_uris;
  for (const std::string &uri : uris)
    if (!uri.empty())
      service_.files->remove(uri);
  uris.clear();
  failed_(waiter.job, waiter.attempt, failure);
}

wire::Images JobPictures::images(const AnalysisJob &job) const
{
  wire::Images images;
  for (const Reference &reference : references_) {
    if (reference.file)
      images.references.push_back(
          {.mime_type = reference.file->mime_type, .file_uri = reference.file->uri});
    else
      images.references.push_back(
          {.mime_type = reference.image.mime_type, .data = bytes_of(*reference.image.content)});
  }
  const auto preparation = preparations_.find(job.id);
  for (std::size_t i = 0; i < job.frames.size(); ++i) {
    wire::ImagePart part;
    if (preparation != preparations_.end() && !preparation->second.frame_uris.empty())
      part.file_uri = preparation->second.frame_uris[i];
    else
      part.data = job.frames[i].picture.jpeg;
    images.frames.push_back(std::move(part));
  }
  return images;
}

bool JobPictures::has_files(const AnalysisJob &job) const
{
  const auto preparation = preparations_.find(job.id);
  return (preparation != preparations_.end() && !preparation->second.frame_uris.empty()) ||
         std::any_of(references_.begin(), references_.end(),
                     [](const Reference &reference) { return reference.file.has_value(); });
}

void JobPictures::forget(const AnalysisJob &job)
{
  if (!service_.files)
    return;
  for (Reference &reference : references_) {
    if (!reference.file)
      continue;
    service_.files->forget(reference.file->uri);
    reference.file.reset();
  }
  const auto preparation = preparations_.find(job.id);
  if (preparation == preparations_.end())
    return;
  for (const std::string &uri : preparation->second.frame_uris)
    service_.files->forget(uri);
  preparations_.erase(preparation);
}

void JobPictures::release(const AnalysisJob &job)
{
  const auto preparation = preparations_.find(job.id);
  if (preparation == preparations_.end())
    return;
  for (const std::string &uri : preparation->second.frame_uris)
    if (!uri.empty())
      service_.files->remove(uri);
  preparations_.erase(preparation);
}

} // namespace gemini
