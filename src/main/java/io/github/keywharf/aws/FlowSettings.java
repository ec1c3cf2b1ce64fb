package io.github.keywharf.aws;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The flow of a flow type, as {@value #KEY} of the flow bucket has it: an object with a member for each type, which has
 * {@code flow_name} and {@code prefix}.
 *
 * @param flowName the flow
 * @param bucket the bucket that the flow writes to
 * @param prefix the folder within it; may be empty
 */
record FlowSettings(String flowName, String bucket, String prefix) {
    static final String KEY = "config/flow_settings.json";

    /** The most bytes of the file, 1 MiB: some thousand types. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int MAX_PREFIX = 512;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The settings of a type; empty when the bucket has no such file. */
    static Optional<FlowSettings> find(ObjectStore store, String bucket, String type) {
        return store.find(KEY, MAX_BYTES).map(content -> parse(content, bucket, type));
    }

    private static FlowSettings parse(byte[] content, String bucket, String type) {
        JsonNode types;
        try {
            types = JSON.readTree(content);
        } catch (IOException e) {
            throw bad(bucket, "must be JSON, and is not", e);
        }
        if (!types.isObject()) {
            throw bad(bucket, "must have one object with a member for each flow type", null);
        }
        JsonNode settings = types.get(type);
        if (settings == null) {
            TreeSet<String> known = new TreeSet<>();
            types.fieldNames().forEachRemaining(known::add);
            throw new KeywharfException(
                    "aws.no_flow_type",
                    subject(bucket),
                    "There is no flow type '" + type + "'; choose one of " + Cut.printable(known.toString(), 500));
        }
        String name = settings.path("flow_name").asText("");
        String prefix = settings.path("prefix").asText("");
        if (!isPrefix(prefix)) {
            throw bad(
                    bucket,
                    "has a prefix for '" + type + "' that cannot be one: '" + Cut.printable(prefix, 60) + "'",
                    null);
        }
        try {
            return new FlowSettings(FlowNames.flow(name), bucket, prefix);
        } catch (IllegalArgumentException e) {
            throw bad(bucket, "must have a flow_name for '" + type + "': " + e.getMessage(), e);
        }
    }

    private static boolean isPrefix(String prefix) {
        return prefix.length() <= MAX_PREFIX
                && !prefix.startsWith("/")
                && prefix.chars().noneMatch(Character::isISOControl)
                && Arrays.stream(prefix.split("/", -1)).noneMatch(part -> part.equals("..") || part.equals("."));
    }

    private static KeywharfException bad(String bucket, String what, @Nullable Exception cause) {
        return new KeywharfException(
                "aws.bad_flow_settings",
                subject(bucket),
                "The settings of flows " + what + "; correct the object",
                cause);
    }

    private static String subject(String bucket) {
        return "s3://" + bucket + "/" + KEY;
    }
}
