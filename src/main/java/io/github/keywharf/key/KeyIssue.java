package io.github.keywharf.key;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * Creation of a key.
 *
 * @param created time of creation, in whole milliseconds
 * @param createdBy name of the issuer
 * @param validUntil latest end of the key, in whole milliseconds; a key can end earlier, never later
 */
public record KeyIssue(
        Instant created,
        @JsonProperty("created_by") String createdBy,
        @JsonProperty("valid_until") Instant validUntil) {}
