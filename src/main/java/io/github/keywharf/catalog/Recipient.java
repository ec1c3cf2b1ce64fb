package io.github.keywharf.catalog;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Recipient of shares. The {@code with} methods copy.
 *
 * @param name name; case is ignored
 * @param properties values that {@linkplain TenantFilter#recipientProperty filters} use
 * @param validity lifetime of each of its tokens, in whole seconds; absent for the default of the catalog, and in the answer of a
 *     catalog that does not store it
 * @param addresses IP addresses and CIDR ranges that it may connect from; any if empty
 */
public record Recipient(
        String name, Map<String, String> properties, Optional<Duration> validity, List<String> addresses) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}(/[0-9]{1,3})?");

    /** Checks all parts. */
    public Recipient {
        ShareNames.check("recipient", name);
        properties = Collections.unmodifiableMap(new TreeMap<>(properties));
        properties.forEach((property, value) -> {
            ShareNames.checkText("recipient property", property, TenantFilter.MAX_LENGTH);
            ShareNames.checkText("value of the property " + property, value, TenantFilter.MAX_LENGTH);
        });
        validity.ifPresent(time -> {
            Checks.atLeast("validity", time, Duration.ofSeconds(1));
        });
        addresses = List.copyOf(addresses);
        for (String address : addresses) {
            if (!ADDRESS.matcher(address).matches()) {
                throw new IllegalArgumentException(
                        "'" + address + "' is not an IP address or a range; write it as 192.0.2.0/24 or 2001:db8::/32");
            }
        }
    }

    /** Creates a recipient without properties that may connect from anywhere. */
    public static Recipient of(String name) {
        return new Recipient(name, Map.of(), Optional.empty(), List.of());
    }

    /** Returns a copy with these properties. */
    @CheckReturnValue
    public Recipient withProperties(Map<String, String> others) {
        return new Recipient(name, others, validity, addresses);
    }

    /** Returns a copy with this lifetime of tokens. */
    @CheckReturnValue
    public Recipient validFor(Duration time) {
        return new Recipient(name, properties, Optional.of(time), addresses);
    }

    /** Returns a copy that may connect from these addresses only. */
    @CheckReturnValue
    public Recipient withAddresses(List<String> others) {
        return new Recipient(name, properties, validity, others);
    }

    @Override
    public String toString() {
        return name
                + (properties.isEmpty() ? "" : " " + properties)
                + validity.map(time -> ", tokens for " + time).orElse("")
                + (addresses.isEmpty() ? "" : ", from " + addresses);
    }
}
