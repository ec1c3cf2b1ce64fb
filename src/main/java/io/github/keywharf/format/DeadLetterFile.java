package io.github.keywharf.format;

/**
 * A file of rejected rows in a folder of {@link DeadLetters}.
 *
 * @param run that rejected them
 * @param step of the run that rejected them
 * @param table the table that they were meant for
 * @param key the file's key in the store
 */
public record DeadLetterFile(String run, String step, String table, String key) {}
