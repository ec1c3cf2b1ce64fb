package io.github.keywharf.batch;

import io.github.keywharf.secret.Secret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How a program is run; limits are in bytes, and 0 where there is none.
 *
 * @param command the program and its arguments before the file's path
 * @param launcher what starts it; empty when nothing does
 */
record ProgramSettings(
        List<String> command,
        List<String> launcher,
        Function<IngestJob, Map<String, Secret>> environment,
        long maxMemory,
        long maxFile,
        long maxWork,
        Duration grace,
        InstantSource clock) {}
