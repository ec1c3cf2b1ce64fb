package io.github.keywharf.batch;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which names files may have: one segment of a path on every system, printed as it is, and visible. The same for all
 * tenants, for a name comes from outside and becomes a path.
 */
final class FileNames {
    /** What file systems take. */
    static final int MAX_BYTES = 255;

    // Controls, what turns the direction of writing or is not seen, unpaired surrogates, and what breaks lines.
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");
    private static final Pattern UNPORTABLE = Pattern.compile("[/\\\\:*?\"<>|]");
    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\\..*)?");

    private FileNames() {}

    /** What a name should be, unless it is that. */
    static Optional<String> problem(String name) {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return Optional.of("1 to " + MAX_BYTES + " bytes of UTF-8");
        }
        if (INVISIBLE.matcher(name).find()) {
            return Optional.of("no control or invisible characters");
        }
        if (UNPORTABLE.matcher(name).find()) {
            return Optional.of("none of / \\ : * ? \" < > |");
        }
        if (name.startsWith(".")) {
            return Optional.of("no dot at the beginning");
        }
        if (!name.equals(name.strip()) || name.endsWith(".")) {
            return Optional.of("no blank at either end and no dot at the end");
        }
        if (DEVICE.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
            return Optional.of("no name of a device, such as con or nul");
        }
        return Optional.empty();
    }
}
