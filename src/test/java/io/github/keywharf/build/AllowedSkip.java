package io.github.keywharf.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * One line of allowed-skips.txt: a check that may be skipped on a kind of machine.
 *
 * @param machine {@code any}, a system ({@code linux}, {@code mac}, {@code windows}), {@code not-linux}, or {@code user}
 *     where the build is not run by root
 * @param test the simple name of a class, or of a class and a method of it
 * @param reason words of the reason that the skipped check gives
 */
record AllowedSkip(String machine, String test, String reason) {
    static final String FILE = "allowed-skips.txt";

    /** The lines for the machine that this program runs on. */
    static List<AllowedSkip> ofThisMachine() {
        Set<String> kinds = kinds(System.getProperty("os.name"), System.getProperty("user.name"));
        return all().stream().filter(each -> kinds.contains(each.machine)).toList();
    }

    static Set<String> kinds(String systemName, String user) {
        String name = systemName.toLowerCase(Locale.ROOT);
        String system = name.startsWith("linux") ? "linux" : name.startsWith("windows") ? "windows" : "mac";
        return Set.of("any", system, system.equals("linux") ? "" : "not-linux", user.equals("root") ? "root" : "user");
    }

    static List<AllowedSkip> all() {
        try (InputStream in = Objects.requireNonNull(AllowedSkip.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(AllowedSkip::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AllowedSkip parse(String line) {
        String[] parts = line.split(" *\\| *", -1);
        if (parts.length != 3 || parts[2].isBlank()) {
            throw new IllegalArgumentException("[" + FILE + "] not 'machine | test | reason': " + line);
        }
        return new AllowedSkip(parts[0], parts[1], parts[2]);
    }

    boolean covers(TestResult skipped) {
        String name = skipped.name();
        boolean named = name.startsWith(test)
                && (name.length() == test.length() || !Character.isJavaIdentifierPart(name.charAt(test.length())));
        return named && skipped.skipped().contains(reason);
    }
}
