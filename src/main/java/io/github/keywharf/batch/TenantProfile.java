package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant may send, when it is ingested, by which app, and where its rows go. Immutable; equal when tenant and JSON
 * are.
 *
 * <pre>{@code
 * TenantProfile profile = TenantProfile.builder(Organisation.of("customer-1"))
 *         .formats(".csv").numberFiles(10).dataSizes(4_096)
 *         .target("customer1", "application")
 *         .build();
 * }</pre>
 *
 * <p>Defaults are the constants of {@link Builder}.
 */
public final class TenantProfile {

    /** The app that reads CSV, JSON lines and Parquet: {@value}. */
    public static final String ROWS_APP = "rows";

    /** The largest file of a profile, 256 KiB: a thousand columns with their types have 100 KiB. */
    public static final int MAX_BYTES = 256 * 1024;

    private final Organisation tenant;
    private final FileConstraints constraints;
    private final Optional<Schema> schema;
    private final String app;
    private final int parallelism;
    private final int attempts;
    private final Duration timeLimit;
    private final Optional<IngestSchedule> schedule;
    private final String keyspace;
    private final String table;
    private final ProfileValues values;
    private final Optional<String> rowId;
    private final ProfileSteps steps;
    private final String json;

    private TenantProfile(Builder builder) {
        tenant = builder.tenant;
        constraints = new FileConstraints(
                builder.formats, builder.numberFiles, builder.dataSizes, builder.bytesADay, builder.columns);
        schema = Optional.ofNullable(builder.schema);
        app = builder.app;
        parallelism = builder.parallelism;
        attempts = builder.attempts;
        timeLimit = builder.timeLimit;
        schedule = Optional.ofNullable(builder.schedule);
        keyspace = builder.keyspace;
        table = builder.table;
        values = builder.values;
        rowId = Optional.ofNullable(builder.rowId);
        steps = ProfileSteps.of(builder.steps, values);
        json = ProfileJson.write(this);
    }

    /** A profile for that tenant, with the defaults. */
    public static Builder builder(Organisation tenant) {
        return new Builder(tenant);
    }

    /**
     * Reads a profile from a JSON file; docs/reference/tenant-profiles.md has the keys. A file with {@code formats},
     * {@code number_files} and {@code data_sizes} only is one.
     *
     * @throws io.github.keywharf.KeywharfException {@code batch.bad_profile} when it cannot be read, is larger than
     *     {@link #MAX_BYTES}, or has a key or a value that is not allowed, which the message names
     */
    public static TenantProfile read(Organisation tenant, Path file) {
        return ProfileJson.parse(tenant, file.toString(), WatchedFile.content(file, MAX_BYTES, ProfileJson.CODE));
    }

    /**
     * Reads a profile from JSON text.
     *
     * @throws io.github.keywharf.KeywharfException as {@link #read}
     */
    public static TenantProfile parse(Organisation tenant, String json) {
        return ProfileJson.parse(
                tenant, "profile of " + tenant, json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The profile as JSON, which {@link #parse} reads as an equal one. */
    public String toJson() {
        return json;
    }

    /** Whose profile it is. */
    public Organisation tenant() {
        return tenant;
    }

    /** What it may send. */
    public FileConstraints constraints() {
        return constraints;
    }

    /** The name of its app. */
    public String app() {
        return app;
    }

    /** How many of its files are ingested at the same time. */
    public int parallelism() {
        return parallelism;
    }

    /** How many times its app is started on a file that fails for a passing reason, or whose run a crash ended. */
    public int attempts() {
        return attempts;
    }

    /** How long its app may run on one file. */
    public Duration timeLimit() {
        return timeLimit;
    }

    /** Whether its files are ingested at that time. */
    public boolean isOpenAt(Instant time) {
        return schedule.map(window -> window.isOpenAt(time)).orElse(true);
    }

    /** The keyspace or schema of its rows; empty when the profile does not say. */
    public String keyspace() {
        return keyspace;
    }

    /** The table of its rows; empty when the profile does not say. */
    public String table() {
        return table;
    }

    /** The columns and types of its files; of text when absent. */
    public Optional<Schema> schema() {
        return schema;
    }

    /** How text is read as values. */
    public TextValues values() {
        return values.text();
    }

    /**
     * What is done to its rows on their way. Opened for rows that it does not fit, it throws an
     * {@link IllegalArgumentException} that names the step by its number.
     */
    public RowStep steps() {
        return steps.all();
    }

    /** The column that takes {@link IngestJob#rowId}, where one does. */
    public Optional<String> rowId() {
        return rowId;
    }

    Optional<IngestSchedule> schedule() {
        return schedule;
    }

    ProfileValues profileValues() {
        return values;
    }

    ProfileSteps profileSteps() {
        return steps;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TenantProfile profile && profile.tenant.equals(tenant) && profile.json.equals(json);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, json);
    }

    @Override
    public String toString() {
        return "TenantProfile[" + tenant + ", " + json + "]";
    }

    /**
     * Collects the parts of a profile. Each method throws an {@link IllegalArgumentException} that names the key, the value
     * and what is allowed.
     */
    public static final class Builder {
        /** The formats, {@code .csv} alone. */
        public static final List<String> DEFAULT_FORMATS = List.of(".csv");

        /** The files of a run, and those that may wait, 10. */
        public static final int DEFAULT_NUMBER_FILES = 10;

        /** The largest file in KB, 4,096. */
        public static final long DEFAULT_DATA_SIZES = 4_096;

        /** The bytes of a day, 100 GiB: more than most send, and less than most disks have. */
        public static final long DEFAULT_BYTES_A_DAY = 100L << 30;

        /** The files that are ingested at the same time, 1: in the order of their arrival. */
        public static final int DEFAULT_PARALLELISM = 1;

        /** The attempts at a file, 3: a passing failure rarely comes three times. */
        public static final int DEFAULT_ATTEMPTS = 3;

        /** How long the app may run on a file, 1 hour. */
        public static final Duration DEFAULT_TIME_LIMIT = Duration.ofHours(1);

        /** The largest parallelism, 64. */
        public static final int MAX_PARALLELISM = 64;

        /** The most attempts, 100. */
        public static final int MAX_ATTEMPTS = 100;

        /** The longest time limit, 7 days. */
        public static final Duration MAX_TIME_LIMIT = Duration.ofDays(7);

        private static final Pattern APP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
        private static final Pattern TARGET = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

        private final Organisation tenant;
        private List<String> formats = DEFAULT_FORMATS;
        private int numberFiles = DEFAULT_NUMBER_FILES;
        private long dataSizes = DEFAULT_DATA_SIZES;
        private long bytesADay = DEFAULT_BYTES_A_DAY;
        private List<String> columns = List.of();
        private @Nullable Schema schema;
        private String app = ROWS_APP;
        private int parallelism = DEFAULT_PARALLELISM;
        private int attempts = DEFAULT_ATTEMPTS;
        private Duration timeLimit = DEFAULT_TIME_LIMIT;
        private @Nullable IngestSchedule schedule;
        private String keyspace = "";
        private String table = "";
        private ProfileValues values = ProfileValues.NONE;
        private @Nullable String rowId;
        private String steps = "[]";

        private Builder(Organisation tenant) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
        }

        /** Ends of file names that are allowed, each with its dot. */
        public Builder formats(String... ends) {
            formats = List.of(ends);
            return this;
        }

        /** How many files a run of {@code FetchData} uploads, and how many may wait. */
        public Builder numberFiles(int most) {
            numberFiles = most;
            return this;
        }

        /** How large a file may be, in KB of 1,024 bytes. */
        public Builder dataSizes(long kilobytes) {
            dataSizes = kilobytes;
            return this;
        }

        /** How many bytes may arrive within a day (UTC). */
        public Builder bytesADay(long most) {
            bytesADay = most;
            return this;
        }

        /** The names that the header of each text file has; all columns are text. */
        public Builder columns(List<String> names) {
            columns = List.copyOf(names);
            schema = null;
            return this;
        }

        /** The columns of each file, with their types: scalar ones and decimals. */
        public Builder schema(Schema typed) {
            for (Column column : typed) {
                ProfileJson.checkType(column);
            }
            columns = typed.names();
            schema = typed.size() == 0 ? null : typed;
            return this;
        }

        /** The name of the app: up to 64 letters, digits, dots, hyphens and underscores. */
        public Builder app(String name) {
            app = matching("app", name, APP, "up to 64 letters, digits, dots, hyphens and underscores");
            return this;
        }

        /** How many of its files are ingested at the same time. */
        public Builder parallelism(int files) {
            parallelism = (int) ProfileText.within("concurrency", files, 1, MAX_PARALLELISM);
            return this;
        }

        /** How many times its app is started on a file, the first time included. */
        public Builder attempts(int most) {
            attempts = (int) ProfileText.within("attempts", most, 1, MAX_ATTEMPTS);
            return this;
        }

        /** How long its app may run on one file, in whole seconds. */
        public Builder timeLimit(Duration longest) {
            ProfileText.within("time_limit_seconds", longest.toSeconds(), 1, MAX_TIME_LIMIT.toSeconds());
            timeLimit = Duration.ofSeconds(longest.toSeconds());
            return this;
        }

        /**
         * Its files are ingested between these times of each day only, by the clocks of that zone.
         *
         * @param from whole minutes; later than {@code to} for a window that passes midnight
         * @param to whole minutes, the first minute that is outside
         */
        public Builder schedule(LocalTime from, LocalTime to, ZoneId zone) {
            schedule = new IngestSchedule(from, to, zone);
            return this;
        }

        /** Where its rows go: letters, digits and underscores, up to 63, the first one not a digit. */
        public Builder target(String keyspaceName, String tableName) {
            String allowed = "up to 63 letters, digits and underscores, the first one not a digit";
            keyspace = matching("target.keyspace", keyspaceName, TARGET, allowed);
            table = matching("target.table", tableName, TARGET, allowed);
            return this;
        }

        /** How text is read as values, as the JSON object of the key {@code values}. */
        public Builder values(String object) {
            values = ProfileValues.parse(object);
            return this;
        }

        /** The column that takes {@link IngestJob#rowId}. */
        public Builder rowId(String column) {
            rowId = ProfileText.name("row_id", column);
            return this;
        }

        /** What is done to its rows, as the JSON list of the key {@code steps}. */
        public Builder steps(String list) {
            steps = list;
            ProfileSteps.of(list, values);
            return this;
        }

        /** The profile. */
        public TenantProfile build() {
            return new TenantProfile(this);
        }

        private static String matching(String key, String value, Pattern pattern, String allowed) {
            if (!pattern.matcher(value).matches()) {
                throw new IllegalArgumentException(
                        key + " is '" + ProfileText.shown(value) + "'; it must be " + allowed);
            }
            return value;
        }
    }
}
