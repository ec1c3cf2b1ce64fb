package io.github.keywharf.pipeline.zone;

/**
 * A file of rejected rows in the dead-letter place.
 *
 * @param batch whose rows they are
 * @param step that rejected them: {@code transform-1} (the attempt), {@code load}
 * @param table the table that they were meant for
 * @param key the file's key in the processed zone's store
 */
public record RejectedFile(long batch, String step, String table, String key) {}
