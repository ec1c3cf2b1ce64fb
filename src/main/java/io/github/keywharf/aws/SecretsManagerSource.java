package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.model.DecryptionFailureException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Secrets from Secrets Manager. */
final class SecretsManagerSource implements SecretSource {
    private final AwsClients clients;

    SecretsManagerSource(AwsClients clients) {
        this.clients = clients;
    }

    @Override
    public Optional<Secret> find(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = clients.secrets()
                    .getSecretValue(request -> request.secretId(name))
                    .secretString();
            if (text == null) {
                throw new KeywharfException(
                        "secret.unreadable", name, "The secret is binary; store it as text (SecretString)");
            }
            return Optional.of(Secret.of(text));
        } catch (ResourceNotFoundException e) {
            return Optional.empty();
        } catch (InvalidRequestException e) {
            throw new KeywharfException(
                    "secret.refused", name, "The secret cannot be read now; is it marked for deletion?", e);
        } catch (DecryptionFailureException e) {
            throw new KeywharfException(
                    "secret.denied", name, "The key of the secret cannot be used; grant kms:Decrypt on it", e);
        } catch (SdkException e) {
            throw AwsErrors.map("secret", name, e);
        }
    }

    @Override
    public String toString() {
        return "AWS Secrets Manager";
    }
}
