import com.databricks.sdk.WorkspaceClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.error.platform.NotFound;
import com.databricks.sdk.core.DatabricksError;
import com.databricks.sdk.service.sharing.AuthenticationType;
import com.databricks.sdk.service.sharing.CreateRecipient;
import com.databricks.sdk.service.sharing.CreateShare;
import com.databricks.sdk.service.sharing.GetShareRequest;
import com.databricks.sdk.service.sharing.IpAccessList;
import com.databricks.sdk.service.sharing.ListRecipientsRequest;
import com.databricks.sdk.service.sharing.Partition;
import com.databricks.sdk.service.sharing.PartitionValue;
import com.databricks.sdk.service.sharing.PartitionValueOp;
import com.databricks.sdk.service.sharing.PermissionsChange;
import com.databricks.sdk.service.sharing.RecipientInfo;
import com.databricks.sdk.service.sharing.RecipientTokenInfo;
import com.databricks.sdk.service.sharing.RotateRecipientToken;
import com.databricks.sdk.service.sharing.SecurablePropertiesKvPairs;
import com.databricks.sdk.service.sharing.SharedDataObject;
import com.databricks.sdk.service.sharing.SharedDataObjectDataObjectType;
import com.databricks.sdk.service.sharing.SharedDataObjectHistoryDataSharingStatus;
import com.databricks.sdk.service.sharing.SharedDataObjectUpdate;
import com.databricks.sdk.service.sharing.SharedDataObjectUpdateAction;
import com.databricks.sdk.service.sharing.SharesListRequest;
import com.databricks.sdk.service.sharing.UpdateShare;
import com.databricks.sdk.service.sharing.UpdateSharePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Provisions a tenant with the vendor's own client, and prints what it understands of the answers. */
final class DatabricksOracle {
    public static void main(String[] arguments) {
        WorkspaceClient client = new WorkspaceClient(new DatabricksConfig()
                .setHost(arguments[0])
                .setClientId(arguments[1])
                .setClientSecret(arguments[2])
                .setAuthType("oauth-m2m"));
        String name = "vendor";
        client.shares().create(new CreateShare().setName(name));
        client.shares()
                .update(new UpdateShare()
                        .setName(name)
                        .setUpdates(List.of(new SharedDataObjectUpdate()
                                .setAction(SharedDataObjectUpdateAction.ADD)
                                .setDataObject(new SharedDataObject()
                                        .setName("main.usage.t0")
                                        .setDataObjectType(SharedDataObjectDataObjectType.TABLE)
                                        .setSharedAs("usage.platform")
                                        .setHistoryDataSharingStatus(SharedDataObjectHistoryDataSharingStatus.ENABLED)
                                        .setPartitions(List.of(new Partition()
                                                .setValues(List.of(new PartitionValue()
                                                        .setName("client_space_uid")
                                                        .setOp(PartitionValueOp.EQUAL)
                                                        .setRecipientPropertyKey("tenant")))))))));
        RecipientInfo made = client.recipients()
                .create(new CreateRecipient()
                        .setName(name)
                        .setAuthenticationType(AuthenticationType.TOKEN)
                        .setIpAccessList(new IpAccessList().setAllowedIpAddresses(List.of("192.0.2.0/24")))
                        .setPropertiesKvpairs(
                                new SecurablePropertiesKvPairs().setProperties(Map.of("tenant", "tenant-1"))));
        client.shares()
                .updatePermissions(new UpdateSharePermissions()
                        .setName(name)
                        .setChanges(List.of(new PermissionsChange().setPrincipal(name).setAdd(List.of("SELECT")))));
        System.out.println("version " + activate(client, made));
        System.out.println("rotated " + activate(
                client,
                client.recipients()
                        .rotateToken(new RotateRecipientToken().setName(name).setExistingTokenExpireInSeconds(3600L))));

        for (String each : List.of(name, "acme")) {
            for (SharedDataObject table : client.shares()
                    .get(new GetShareRequest().setName(each).setIncludeSharedData(true))
                    .getObjects()) {
                PartitionValue value =
                        table.getPartitions().iterator().next().getValues().iterator().next();
                System.out.println("table " + each + " " + table.getName() + " " + table.getSharedAs() + " "
                        + table.getHistoryDataSharingStatus() + " " + value.getName() + " " + value.getOp() + " "
                        + value.getValue() + " " + value.getRecipientPropertyKey());
            }
            RecipientInfo recipient = client.recipients().get(each);
            System.out.println("recipient " + each + " " + recipient.getAuthenticationType() + " "
                    + recipient.getPropertiesKvpairs().getProperties().get("tenant") + " "
                    + recipient.getIpAccessList().getAllowedIpAddresses() + " "
                    + recipient.getTokens().size());
            System.out.println("grants " + client.recipients()
                    .sharePermissions(each)
                    .getPermissionsOut()
                    .iterator()
                    .next()
                    .getShareName());
        }
        List<String> shares = new ArrayList<>();
        client.shares().listShares(new SharesListRequest().setMaxResults(0L)).forEach(share -> shares.add(share.getName()));
        List<String> recipients = new ArrayList<>();
        client.recipients()
                .list(new ListRecipientsRequest().setMaxResults(0L))
                .forEach(recipient -> recipients.add(recipient.getName()));
        System.out.println("lists " + shares + " " + recipients);
        try {
            client.shares().get("nothing");
        } catch (NotFound e) {
            System.out.println("not found " + e.getErrorCode());
        }
        try {
            client.shares().create(new CreateShare().setName(name));
        } catch (DatabricksError e) {
            System.out.println("refused " + e.getErrorCode());
        }
        client.recipients().delete(name);
        client.shares().delete(name);
    }

    private static String activate(WorkspaceClient client, RecipientInfo recipient) {
        RecipientTokenInfo newest = null;
        for (RecipientTokenInfo token : recipient.getTokens()) {
            newest = newest == null || token.getCreatedAt() > newest.getCreatedAt() ? token : newest;
        }
        String url = newest.getActivationUrl();
        var profile = client.recipientActivation().retrieveToken(url.substring(url.indexOf('?') + 1));
        return profile.getShareCredentialsVersion() + " " + profile.getBearerToken() + " "
                + (Long.parseLong(profile.getExpirationTime()) - newest.getExpirationTime());
    }
}
