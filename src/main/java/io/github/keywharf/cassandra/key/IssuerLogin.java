package io.github.keywharf.cassandra.key;

import io.github.keywharf.secret.Secret;
import java.util.Objects;
import java.util.Optional;

/**
 * What the library logs in with from now on.
 *
 * @param role its role
 * @param password its password if it was made by this setup, shown this once; none if the role had one already
 */
public record IssuerLogin(String role, Optional<Secret> password) {

    /** Both are there. */
    public IssuerLogin {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
        return "IssuerLogin[" + role
                + (password.isPresent() ? ", with a new password]" : ", with the password it had]");
    }
}
