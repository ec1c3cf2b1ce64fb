package io.github.keywharf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OrganisationTest {

    @Test
    void an_id_that_is_not_valid_is_quoted_without_what_a_terminal_would_obey() {
        assertThatThrownBy(() -> Organisation.of("acme\u001b[2J\u009b2J\u202e\u2028"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'acme?[2J?2J??' is not an organisation id");
    }
}
