package io.github.keywharf.pipeline.star;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IsoCurrenciesTest {

    @Test
    void currencies_have_their_iso_4217_names() {
        assertThat(IsoCurrencies.name("GBP")).contains("Pound Sterling");
        assertThat(IsoCurrencies.name("USD")).contains("US Dollar");
        assertThat(IsoCurrencies.name("EUR")).contains("Euro");
        assertThat(IsoCurrencies.name("XQZ")).isEmpty();
        assertThat(java.util.Currency.getAvailableCurrencies().stream()
                        .map(java.util.Currency::getCurrencyCode)
                        .filter(code -> IsoCurrencies.name(code).isPresent())
                        .count())
                .as("codes that the JDK knows too")
                .isGreaterThan(150);
    }
}
