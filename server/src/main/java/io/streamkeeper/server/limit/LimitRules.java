package io.streamkeeper.server.limit;

import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.config.LimitSet;
import io.streamkeeper.server.config.LimitsConfig;
import io.streamkeeper.server.security.RuleLine;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The limits of all clients and tenants: those of the configuration, and of a file, whose lines change single limits of
 * one client or tenant. Immutable.
 *
 * <pre>
 *   #       who            limits
 *   client  *              requests=100/1s live=20     # each client, in place of --limit-client
 *   client  alice          requests=1000/1s
 *   address 203.0.113.7    requests=none connections=200
 *   tenant  *              streams=1000 storage=1GiB
 *   tenant  tenants/acme   storage=100GiB
 * </pre>
 */
final class LimitRules {
    private static final String EACH = "*";
    private static final int WORDS_MIN = 3;

    private final LimitSet eachClient;
    private final LimitSet eachTenant;
    private final Map<String, LimitSet> clients;
    private final Map<String, LimitSet> tenants;

    private LimitRules(
            LimitSet eachClient, LimitSet eachTenant, Map<String, LimitSet> clients, Map<String, LimitSet> tenants) {
        this.eachClient = eachClient;
        this.eachTenant = eachTenant;
        this.clients = clients;
        this.tenants = tenants;
    }

    /**
     * Parses a file.
     *
     * @param config has the limits that the file does not change
     * @throws IllegalArgumentException if a line is not valid; the message begins with its number
     */
    static LimitRules parse(List<String> texts, LimitsConfig config) {
        List<RuleLine> lines = RuleLine.of(texts);
        LimitSet client = config.ofClient();
        LimitSet tenant = config.ofTenant();
        for (RuleLine line : lines) {
            client = isOf(line, "client", EACH) ? with(line, client, LimitSet.OF_CLIENTS) : client;
            tenant = isOf(line, "tenant", EACH) ? with(line, tenant, LimitSet.OF_TENANTS) : tenant;
        }
        Map<String, LimitSet> clients = new HashMap<>();
        Map<String, LimitSet> tenants = new HashMap<>();
        for (RuleLine line : lines) {
            add(line, client, tenant, clients, tenants, config);
        }
        return new LimitRules(client, tenant, clients, tenants);
    }

    private static void add(
            RuleLine line,
            LimitSet client,
            LimitSet tenant,
            Map<String, LimitSet> clients,
            Map<String, LimitSet> tenants,
            LimitsConfig config) {
        List<String> words = line.words();
        if (words.size() < WORDS_MIN) {
            throw line.invalid("'" + String.join(" ", words)
                    + "'; expected client, address or tenant, a name or *, and limits such as requests=100/1s");
        }
        String name = words.get(1);
        LimitSet before;
        switch (words.get(0)) {
            case "client" ->
                before = name.equals(EACH)
                        ? null
                        : clients.put(ClientKey.ofName(name), with(line, client, LimitSet.OF_NAMES));
            case "address" -> {
                InetAddress address = AddressRanges.address(name);
                if (address == null) {
                    throw line.invalid("the address '" + name + "'; expected one such as 203.0.113.7 or 2001:db8::1");
                }
                before = clients.put(ClientKey.ofAddress(address), with(line, client, LimitSet.OF_ADDRESSES));
            }
            case "tenant" ->
                before = name.equals(EACH)
                        ? null
                        : tenants.put(tenant(line, config), with(line, tenant, LimitSet.OF_TENANTS));
            default -> throw line.invalid("'" + words.get(0) + "'; expected client, address or tenant");
        }
        if (before != null) {
            throw line.invalid("'" + words.get(0) + " " + name + "' once more; expected one line for each");
        }
    }

    private static String tenant(RuleLine line, LimitsConfig config) {
        String name = line.words().get(1);
        if (config.tenantPattern() == null
                || !name.equals(config.tenantPattern().tenantOf(name))) {
            throw line.invalid("the tenant '" + name + "', which is none of --tenants " + config.tenants()
                    + "; expected one of them");
        }
        return name;
    }

    private static boolean isOf(RuleLine line, String kind, String name) {
        return line.words().size() >= WORDS_MIN
                && line.words().get(0).equals(kind)
                && line.words().get(1).equals(name);
    }

    private static LimitSet with(RuleLine line, LimitSet base, Set<String> allowed) {
        try {
            return base.with(line.words().subList(WORDS_MIN - 1, line.words().size()), allowed);
        } catch (IllegalArgumentException e) {
            throw line.invalid("an error: " + e.getMessage());
        }
    }

    LimitSet eachClient() {
        return eachClient;
    }

    LimitSet eachTenant() {
        return eachTenant;
    }

    /** The limits of the client with a {@link ClientKey}. */
    LimitSet ofClient(String key) {
        return clients.getOrDefault(key, eachClient);
    }

    LimitSet ofTenant(String name) {
        return tenants.getOrDefault(name, eachTenant);
    }
}
