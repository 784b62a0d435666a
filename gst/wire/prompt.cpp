// SPDX-License-Identifier: LGPL-2.1-or-later
// What we say to the model. The names of the keys matter to it more than the sentences do.
#include "wire/prompt.hpp"

#include "wire/json_write.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <string_view>

namespace gemini::wire {
namespace {

constexpr std::string_view kBoxKey =
    "\"box_2d\", its bounding box as [ymin, xmin, ymax, xmax], four integers from 0 to 1000 relative to "
    "the height and width of the image";
constexpr std::string_view kLabelKey =
    "\"label\", a short name for it; where several would be called the same, tell them apart by what "
    "can be seen";
constexpr std::string_view kOnlyLabelKey = "\"label\", which of the labels it is";

std::string listed(const std::vector<std::string> &labels)
{
  std::string text;
  for (const std::string &label : labels) {
    if (!text.empty())
      text += ", ";
    append_quoted(text, label);
  }
  return text;
}

// What to look for: the user's words, else the labels, else all there is.
std::string things(const Question &question)
{
  const std::string_view words = trimmed(question.prompt);
  if (!words.empty())
    return std::string{words};
  return question.labels.empty() ? "all prominent things"
                                 : "all of these: " + listed(question.labels);
}

std::string list_of(const Question &question, std::string_view order)
{
  std::string text = "\nAnswer with a JSON list of at most " + std::to_string(question.max_objects);
  text += question.max_objects == 1 ? " entry" : " entries, the " + std::string{order} + " first";
  return text + ". ";
}

std::string_view label_key(const Question &question)
{
  return question.labels.empty() ? kLabelKey : kOnlyLabelKey;
}

std::string vocabulary(const Question &question)
{
  return question.labels.empty() ? std::string{}
                                 : " Use only these labels: " + listed(question.labels) + ".";
}

std::string nothing_else(std::string_view verb)
{
  return " No code fence, no other text. If there is nothing to " + std::string{verb} +
         ", answer [].";
}

std::string detect(const Question &question)
{
  return "Detect " + things(question) + " in this image." + list_of(question, "most prominent") +
         "Each entry stands for one single thing and has two keys: " + std::string{kBoxKey} +
         ", and " + std::string{label_key(question)} + "." + vocabulary(question) + " No masks." +
         nothing_else("detect");
}

std::string segment(const Question &question, MaskFormat format)
{
  // How the PNG is written is the model's own affair: it draws none when told about it.
  const std::string_view mask =
      format == MaskFormat::png
          ? "\"mask\", its segmentation mask"
          : "\"mask\", its outline as a polygon of [x, y] points, integers from 0 to 1000 relative to the "
            "width and height of the whole image";
  return "Give the segmentation masks of " + things(question) + " in this image." +
         list_of(question, "most prominent") +
         "Each entry stands for one single thing and has three keys: " + std::string{kBoxKey} +
         ", " + std::string{mask} + ", and " + std::string{label_key(question)} + "." +
         vocabulary(question) +
         (format == MaskFormat::png ? " If there is nothing to segment, answer []."
                                    : nothing_else("segment"));
}

std::string point(const Question &question)
{
  return "Point to " + things(question) + " in this image." + list_of(question, "most prominent") +
         "Each entry stands for one single thing and has two keys: \"point\", a point on it as [y, x], "
         "two integers from 0 to 1000 relative to the height and width of the image, and " +
         std::string{label_key(question)} + "." + vocabulary(question) + nothing_else("point to");
}

std::string boxes_3d(const Question &question)
{
  return "Detect the 3D bounding boxes of " + things(question) + " in this image." +
         list_of(question, "most prominent") +
         "Each entry stands for one single thing and has two keys: " +
         std::string{label_key(question)} +
         ", and \"box_3d\", nine numbers: [x_center, y_center, z_center, x_size, y_size, z_size, roll, "
         "pitch, yaw], in metres and degrees, as seen from the camera: it is the origin, x goes right, "
         "y forward and z up." +
         vocabulary(question) + nothing_else("detect");
}

std::string caption(const Question &question, std::size_t n_frames)
{
  const std::string_view words = trimmed(question.prompt);
  std::string text = "Describe this image in one or two sentences.";
  if (!words.empty())
    text += " What matters: " + std::string{words} + ".";
  text += "\nAnswer in plain words: no headings, no lists";
  return text + (n_frames > 1 ? "." : ", no JSON.");
}

std::string classify(const Question &question)
{
  const std::string_view words = trimmed(question.prompt);
  std::string text = "Classify this image";
  if (!words.empty())
    text += " by " + std::string{words};
  return text + "." + list_of(question, "most likely") +
         "Each entry is one class that fits the whole image and has two keys: \"label\", the name of the "
         "class, and \"confidence\", how sure you are, from 0 to 1." +
         vocabulary(question) + nothing_else("name");
}

// The request as it is for a single frame without references.
std::string task_text(const Question &question, MaskFormat masks, std::size_t n_frames)
{
  switch (question.task) {
  case Task::detect:
    return detect(question);
  case Task::segment:
    return segment(question, masks);
  case Task::point:
    return point(question);
  case Task::boxes_3d:
    return boxes_3d(question);
  case Task::caption:
    return caption(question, n_frames);
  case Task::classify:
    return classify(question);
  case Task::ask:
    break;
  }
  return question.prompt;
}

// Which image is which.
std::string lead_in(std::size_t n_references, std::size_t n_frames, std::size_t n_cropped)
{
  const std::string frames = std::to_string(n_frames);
  std::string text;
  if (n_references == 1)
    text = "The first image is for reference; ";
  else if (n_references > 1)
    text = "The first " + std::to_string(n_references) + " images are for reference; ";
  if (n_frames == 1)
    return n_references > 0 ? text + "answer about the last image only.\n" : "";
  text += (n_references > 0 ? "the " : "These ") + frames + " images";
  if (n_references > 0)
    text += n_references == 1 ? " after it" : " after them";
  if (n_cropped > 0)
    return text + " are crops of " +
           (n_cropped == 1 ? "one picture" : std::to_string(n_cropped) + " pictures") +
           ", numbered 1 to " + frames +
           ", in order. Do the following for each crop by itself, as if it were the only image; what is "
           "seen on several of them belongs into the answer for each:\n";
  return text + " are frames 1 to " + frames +
         ", in order. Do the following for each frame by itself:\n";
}

// What the answer for one frame becomes a part of.
std::string list_of_frames(const Question &question, MaskFormat masks, std::size_t n_frames,
                           bool are_crops)
{
  const std::string frames = std::to_string(n_frames);
  const std::string frame = are_crops ? "crop" : "frame";
  std::string text = "\nPut the answers into one JSON list of " + frames +
                     " entries, one for each " + frame +
                     ", in order. Each entry has two keys: \"image\", the number of the " + frame +
                     " from 1 to " + frames + ", and \"result\", the answer for this " + frame;
  if (question.task == Task::caption ||
      (question.task == Task::ask && question.response_schema.empty()))
    text += " as a string";
  else
    text += question.task == Task::ask ? " alone" : " alone, in the form that is asked for above";
  return text + (masks == MaskFormat::png && question.task == Task::segment
                     ? "."
                     : ". No code fence, no other text.");
}

} // namespace

std::string prompt_text(const Question &question, MaskFormat masks, std::size_t n_references,
                        std::size_t n_frames, std::size_t n_cropped)
{
  n_frames = std::max(n_frames, std::size_t{1});
  std::string text =
      lead_in(n_references, n_frames, n_cropped) + task_text(question, masks, n_frames);
  if (n_frames > 1)
    text += list_of_frames(question, masks, n_frames, n_cropped > 0);
  return text;
}

} // namespace gemini::wire
