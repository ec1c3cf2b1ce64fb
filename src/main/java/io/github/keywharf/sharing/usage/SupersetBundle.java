package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.WholeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A dashboard of usage for Apache Superset: a zip of a database, a dataset, charts and a dashboard, which Superset's own
 * import takes.
 *
 * <pre>{@code
 * SupersetBundle.builder()
 *         .tenant("acme")
 *         .database("duckdb:////data/acme.duckdb")
 *         .build()
 *         .write(Path.of("acme-usage.zip"));
 * }</pre>
 *
 * <p>The same input gives the same bytes, and everything in it keeps its id (a UUID of the tenant's and its own name), so that
 * a later import updates what an earlier one brought. It has no secret: of a database with a user, Superset asks for the
 * password when it imports. Superset 3 and later.
 *
 * <p>Immutable and thread-safe.
 */
public final class SupersetBundle {

    /** What Superset takes for a password that it has to ask for. */
    static final String MASK = "XXXXXXXXXX";

    private static final Pattern URI = Pattern.compile("([a-z][a-z0-9+_.-]*)://(?:([^/@]*)@)?([^@?]*)(\\?[^@]*)?");
    private static final Pattern SECRET =
            Pattern.compile("pass|pwd|token|secret|key|credential|private", Pattern.CASE_INSENSITIVE);
    private static final int MAX_URI = 1_000;

    /** Without a time zone; Java adds one to times before 1980-01-02. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private final String tenant;
    private final Map<String, String> files;

    private SupersetBundle(String tenant, Map<String, String> files) {
        this.tenant = tenant;
        this.files = Collections.unmodifiableMap(files);
    }

    /** Begins to describe a bundle. */
    public static Builder builder() {
        return new Builder();
    }

    /** The YAML files of the zip, by their paths in it. */
    public Map<String, String> files() {
        return files;
    }

    /** The zip. */
    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, UTF_8)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(UTF_8);
                CRC32 sum = new CRC32();
                sum.update(content);
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(TIME);
                // Not compressed: compressors differ from Java to Java.
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Memory takes all that is written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Writes the zip, in place of a file that is there.
     *
     * @return the file
     * @throws KeywharfException with code {@code sharing.not_written}
     */
    public Path write(Path file) {
        return write(file, bytes());
    }

    static Path write(Path file, byte[] content) {
        try {
            WholeFile.write(file, content);
            return file;
        } catch (IOException e) {
            throw new KeywharfException(
                    "sharing.not_written",
                    file.toString(),
                    "The file cannot be written: " + e + "; check the directory and its permissions",
                    e);
        }
    }

    @Override
    public String toString() {
        return "SupersetBundle[" + tenant + ", " + files.size() + " files]";
    }

    /** Describes a bundle: tenant and database are required. */
    public static final class Builder {
        private @Nullable String tenant;
        private @Nullable String database;
        private String title = "Platform usage";
        private UsageCharts charts = UsageCharts.platform();

        private Builder() {}

        /** Whose usage it is; ids and names in Superset are made of it. */
        public Builder tenant(String name) {
            UsageCharts.checkTitle(name);
            this.tenant = name;
            return this;
        }

        /**
         * Where Superset finds the table, as a URI of SQLAlchemy: {@code duckdb:////data/acme.duckdb} (four slashes before an
         * absolute path of Superset's machine), or {@code postgresql://reader@db.example.com/usage}. DuckDB files are opened for
         * reading only.
         *
         * @throws IllegalArgumentException when it is not such a URI, or has a password or a token
         */
        public Builder database(String uri) {
            this.database = checked(uri);
            return this;
        }

        /** What stands above the dashboard, before the tenant; {@code Platform usage} unless it is set. */
        public Builder title(String text) {
            UsageCharts.checkTitle(text);
            this.title = text;
            return this;
        }

        /** What to show of which table; {@link UsageCharts#platform()} unless it is set. */
        public Builder charts(UsageCharts shown) {
            this.charts = Objects.requireNonNull(shown, "shown");
            return this;
        }

        /**
         * Makes the bundle.
         *
         * @throws IllegalStateException when the tenant or the database is missing
         */
        public SupersetBundle build() {
            String of = Checks.required("The tenant", tenant, "tenant(name)");
            String uri = Checks.required("The database", database, "database(uri)");
            return new SupersetBundle(of, new SupersetFiles(of, title, uri, charts).all());
        }

        /** With a mask for the password of a user. What is wrong is not quoted, as it may be a secret. */
        private static String checked(String uri) {
            Matcher parts = URI.matcher(uri);
            if (uri.length() > MAX_URI || !Cut.printable(uri, MAX_URI).equals(uri) || !parts.matches()) {
                throw new IllegalArgumentException("That is not a database's URI; use one such as"
                        + " duckdb:////data/acme.duckdb or postgresql://reader@db.example.com/usage");
            }
            String user = parts.group(2);
            String query = parts.group(4);
            if ((user != null && user.contains(":"))
                    || (query != null && SECRET.matcher(query).find())) {
                throw new IllegalArgumentException(
                        "The URI of a database has a password or a token; leave it out, and give it"
                                + " to Superset when it imports the bundle");
            }
            return user == null ? uri : uri.replaceFirst("@", ":" + MASK + "@");
        }
    }
}
