#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace evident {

/// A run of bytes in memory that becomes part of a file.
struct FilePiece {
  const void* data;
  std::size_t size;
};

/// Writes the pieces, one after another, as the new content of a file: all of it or nothing.
///
/// The bytes go to a temporary file in the same directory, are flushed to disk, and then take the
/// place of `path` by a rename that is flushed as well. Whoever opens `path`, even after a crash,
/// finds the old content or the new one. A symbolic link at `path` is replaced, not followed.
/// Throws Error with the path and the system's reason; then the temporary file is gone and, unless
/// the message says otherwise, the old file is untouched.
void write_file_atomically(const std::filesystem::path& path, const std::vector<FilePiece>& pieces);

}  // namespace evident
