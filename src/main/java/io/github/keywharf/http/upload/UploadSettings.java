package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Backoff;
import java.time.Duration;
import java.time.InstantSource;

/** The settings of a client. */
record UploadSettings(
        HttpHandler http,
        int attempts,
        Backoff backoff,
        Duration retryAfterCap,
        long sliceBytes,
        InstantSource clock,
        Pause pause) {}
