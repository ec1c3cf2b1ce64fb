package io.github.keywharf.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A program under {@code examples}: {@code <name>/<Name>.java} with {@code <name>/expected-output.txt} beside it.
 *
 * @param source the file with its main method
 */
record Example(Path source) {
    private static final List<String> SHOWN_ELSEWHERE = List.of("quickstart");

    static List<Example> in(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory).sorted().map(Example::of).toList();
        }
    }

    private static Example of(Path directory) {
        String name = letters(directory.getFileName().toString());
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> letters(file.getFileName().toString()).equals(name + "java"))
                    .findFirst()
                    .map(Example::new)
                    .orElseThrow(
                            () -> new IllegalStateException("[" + directory + "] has no Java file of the same name"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Whether its output is compared; the quickstart has a build profile of its own. */
    boolean isCompared() {
        return Files.exists(expectedOutput())
                || !SHOWN_ELSEWHERE.contains(source.getParent().getFileName().toString());
    }

    Path expectedOutput() {
        return source.resolveSibling("expected-output.txt");
    }

    String mainClass() throws IOException {
        String name = source.getFileName().toString().replaceFirst("\\.java$", "");
        return Files.readAllLines(source).stream()
                .filter(line -> line.startsWith("package "))
                .map(line -> line.substring("package ".length(), line.indexOf(';')) + "." + name)
                .findFirst()
                .orElse(name);
    }
}
