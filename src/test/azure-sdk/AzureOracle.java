import com.azure.core.exception.HttpResponseException;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.identity.ClientSecretCredential;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import com.azure.storage.blob.BlobClientBuilder;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.sas.SasProtocol;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Works on a vault, or signs addresses of blobs, with the vendor's own clients, and prints what it understands. */
final class AzureOracle {
    public static void main(String[] arguments) {
        if (arguments[0].equals("vault")) {
            vault(arguments[1], arguments[2], arguments[3], arguments[4]);
        } else {
            for (int i = 5; i < arguments.length; i++) {
                sign(arguments[1], arguments[2], arguments[3], OffsetDateTime.parse(arguments[4]), arguments[i]);
            }
        }
        System.exit(0);
    }

    private static void vault(String url, String tenant, String client, String secret) {
        ClientSecretCredential credential = new ClientSecretCredentialBuilder()
                .authorityHost(url)
                .disableInstanceDiscovery()
                .tenantId(tenant)
                .clientId(client)
                .clientSecret(secret)
                .build();
        SecretClient vault = new SecretClientBuilder()
                .vaultUrl(url)
                .credential(credential)
                .disableChallengeResourceVerification()
                .buildClient();
        System.out.println("ours " + vault.getSecret("ours").getValue());
        KeyVaultSecret set = vault.setSecret("vendor", "one");
        System.out.println("set " + set.getName() + " " + set.getProperties().isEnabled());
        String first = set.getProperties().getVersion();
        vault.setSecret("vendor", "two");
        System.out.println("get " + vault.getSecret("vendor").getValue() + " "
                + vault.getSecret("vendor", first).getValue());
        List<String> names = new ArrayList<>();
        for (SecretProperties each : vault.listPropertiesOfSecrets()) {
            names.add(each.getName());
        }
        System.out.println("list " + names.size() + " " + names.contains("vendor"));
        try {
            vault.getSecret("nothing");
        } catch (ResourceNotFoundException e) {
            System.out.println("missing " + e.getResponse().getStatusCode());
        }
        System.out.println("deleted " + vault.beginDeleteSecret("vendor")
                .setPollInterval(Duration.ofMillis(50))
                .waitForCompletion()
                .getStatus());
        try {
            vault.setSecret("vendor", "three");
        } catch (HttpResponseException e) {
            System.out.println("conflict " + e.getResponse().getStatusCode() + " "
                    + e.getMessage().contains("ObjectIsDeletedButRecoverable"));
        }
        System.out.println("recovered " + vault.beginRecoverDeletedSecret("vendor")
                .setPollInterval(Duration.ofMillis(50))
                .waitForCompletion()
                .getStatus());
        System.out.println("again " + vault.getSecret("vendor").getValue());
        vault.beginDeleteSecret("vendor").setPollInterval(Duration.ofMillis(50)).waitForCompletion();
        vault.purgeDeletedSecret("vendor");
        System.out.println("free " + vault.setSecret("vendor", "four").getValue());
    }

    private static void sign(String account, String key, String container, OffsetDateTime end, String blob) {
        System.out.println(new BlobClientBuilder()
                        .endpoint("https://" + account + ".blob.core.windows.net")
                        .credential(new StorageSharedKeyCredential(account, key))
                        .containerName(container)
                        .blobName(blob)
                        .buildClient()
                        .generateSas(new BlobServiceSasSignatureValues(
                                        end, new BlobSasPermission().setReadPermission(true))
                                .setProtocol(SasProtocol.HTTPS_ONLY)));
    }
}
