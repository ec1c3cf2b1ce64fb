package io.github.keywharf.catalog;

import io.github.keywharf.testing.contract.ShareCatalogContract;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

class MemoryShareCatalogTest extends ShareCatalogContract {
    private final MemoryShareCatalog catalog = new MemoryShareCatalog(InstantSource.system());

    @Override
    protected ShareCatalog catalog() {
        return catalog;
    }

    @Override
    protected String source(int number) {
        return "main.usage.table" + number;
    }

    @Override
    protected Optional<String> missingSource() {
        return Optional.of("main.usage.missing");
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected Optional<Boolean> opens(ShareProfile profile) {
        return Optional.of(catalog.opensFor(profile).isPresent());
    }
}
