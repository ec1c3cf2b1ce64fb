package io.github.keywharf.batch;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a tenant may send; the same on the client's side, which saves the upload, and on the server's, which decides.
 *
 * @param formats ends of file names that are allowed, each with its dot, compared exactly, such as {@code .csv}
 * @param numberFiles how many files one run of {@code FetchData} uploads, and how many may wait on the server
 * @param dataSizes how large a file may be, in KB of 1,024 bytes; a file of exactly that size is allowed
 * @param bytesADay how many bytes may arrive within a day (UTC)
 * @param columns names that the header of each text file must have, in this order; any when empty
 */
public record FileConstraints(
        List<String> formats, int numberFiles, long dataSizes, long bytesADay, List<String> columns) {

    /** The most formats, 100. */
    public static final int MAX_FORMATS = 100;

    /** The largest {@code number_files}, 1,000,000. */
    public static final int MAX_NUMBER_FILES = 1_000_000;

    /** The largest {@code data_sizes}, in KB: 1 TiB. */
    public static final long MAX_DATA_SIZES = 1L << 30;

    /** The largest {@code bytes_a_day}: 1 EiB. */
    public static final long MAX_BYTES_A_DAY = 1L << 60;

    /** The most columns, 1,000. */
    public static final int MAX_COLUMNS = 1_000;

    private static final Pattern FORMAT = Pattern.compile("\\.[A-Za-z0-9][A-Za-z0-9._-]{0,30}");

    /**
     * Copies the lists and checks the limits.
     *
     * @throws IllegalArgumentException when something is beyond the limits above, which names it
     */
    public FileConstraints {
        formats = List.copyOf(formats);
        columns = List.copyOf(columns);
        if (formats.isEmpty() || formats.size() > MAX_FORMATS) {
            throw new IllegalArgumentException(
                    "formats has " + formats.size() + " entries; 1 to " + MAX_FORMATS + " are allowed");
        }
        for (String format : formats) {
            if (!FORMAT.matcher(format).matches()) {
                throw new IllegalArgumentException("formats has '" + ProfileText.shown(format)
                        + "'; an end of file names is a dot and up to 31 letters, digits, dots, hyphens and underscores,"
                        + " such as .csv");
            }
        }
        ProfileText.within("number_files", numberFiles, 0, MAX_NUMBER_FILES);
        ProfileText.within("data_sizes", dataSizes, 0, MAX_DATA_SIZES);
        ProfileText.within("bytes_a_day", bytesADay, 0, MAX_BYTES_A_DAY);
        if (columns.size() > MAX_COLUMNS) {
            throw new IllegalArgumentException(
                    "columns has " + columns.size() + " entries; up to " + MAX_COLUMNS + " are allowed");
        }
        Set<String> seen = new HashSet<>();
        for (String column : columns) {
            ProfileText.name("columns", column);
            if (!seen.add(column)) {
                throw new IllegalArgumentException("columns has '" + ProfileText.shown(column) + "' twice");
            }
        }
    }

    /**
     * Whether a file of that name and size may be sent.
     *
     * @return why not; empty when it may be
     */
    public Optional<Refusal> refusal(String name, long bytes) {
        Optional<String> problem = FileNames.problem(name);
        if (problem.isPresent()) {
            return Optional.of(new Refusal("name", name, problem.get()));
        }
        if (formats.stream().noneMatch(format -> name.endsWith(format) && name.length() > format.length())) {
            int dot = name.lastIndexOf('.');
            return Optional.of(new Refusal(
                    "formats", dot < 1 ? "a name without an end" : name.substring(dot), String.join(", ", formats)));
        }
        // The limit of the key keeps the product within a long.
        if (bytes > dataSizes * 1_024) {
            return Optional.of(new Refusal("data_sizes", bytes / 1_024.0 + " KB", "at most " + dataSizes + " KB"));
        }
        return Optional.empty();
    }

    /**
     * Whether the content of a file may be sent: the header of a {@code .csv} or {@code .tsv} file, where columns are
     * expected. Reads the beginning of the file only. A file without any content may be sent.
     *
     * @param name of the file, as {@link #refusal(String, long)} takes it
     * @param file where the content is
     * @return why not; empty when it may be
     * @throws io.github.keywharf.KeywharfException {@code format.read_failed} when the file cannot be read
     */
    public Optional<Refusal> contentRefusal(String name, Path file) {
        return columns.isEmpty() ? Optional.empty() : HeaderLine.refusal(columns, name, file);
    }
}
