package io.github.keywharf.sharing;

import io.github.keywharf.catalog.ShareCatalog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a manager was built with. */
record SharingSettings(
        ShareCatalog catalog,
        TenantSecrets secrets,
        TenantNames names,
        SharingPlan plan,
        Optional<Duration> validity,
        Function<String, List<String>> addresses,
        InstantSource clock) {}
