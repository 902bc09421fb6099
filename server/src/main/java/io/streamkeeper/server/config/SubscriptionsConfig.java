package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.SUBSCRIPTIONS;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.util.List;

/**
 * Subscriptions, which wake workers by webhooks or through streams.
 *
 * @param subscriptionsMax how many there may be; 0 if the server has none
 * @param linksMax how many streams all of them may be linked with
 * @param publicUrl the URL by which receivers of webhooks reach the streams; {@code none} for that of the listener
 * @param localWebhooks whether webhooks may be sent to this machine, also without TLS
 * @param webhookPorts the ports to which webhooks are sent
 * @param deliveriesMax how many webhooks are under way at a time
 */
public record SubscriptionsConfig(
        int subscriptionsMax,
        int linksMax,
        String publicUrl,
        boolean localWebhooks,
        String webhookPorts,
        int deliveriesMax) {
    /** The public URL if none is set. */
    private static final String NONE = "none";

    private static final int LINKS_MAX = 100_000_000;

    private static final NumberSetting SUBSCRIPTIONS_MAX = new NumberSetting(
            SUBSCRIPTIONS,
            "subscriptions",
            Unit.COUNT,
            0,
            10_000_000,
            "10000",
            "How many subscriptions there may be; 0 to have no interface for them.");

    private static final NumberSetting LINKS = new NumberSetting(
            SUBSCRIPTIONS,
            "subscription-links",
            Unit.COUNT,
            1,
            LINKS_MAX,
            "1000000",
            "How many streams all subscriptions together may be linked with; a stream counts for each of its"
                    + " subscriptions.");

    private static final Setting<String> PUBLIC_URL = new Setting<>(
            SUBSCRIPTIONS,
            "public-url",
            new Text(
                    "URL",
                    NONE + "|https?://[A-Za-z0-9.:\\[\\]_-]+(/[A-Za-z0-9._~-]+)*/",
                    "none, or a URL with a slash at its end such as https://streams.example.com/v1/stream/"),
            NONE,
            "URL below which others reach the streams, for what webhooks contain; none for the address that the server"
                    + " listens on.");

    private static final Setting<Boolean> LOCAL_WEBHOOKS = new Setting<>(
            SUBSCRIPTIONS,
            "allow-local-webhooks",
            new Switch(),
            "false",
            "Send webhooks also to this machine, and there without TLS; for development.");

    private static final Setting<String> WEBHOOK_PORTS = new Setting<>(
            SUBSCRIPTIONS,
            "webhook-ports",
            new Text(
                    "PORTS",
                    "[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*",
                    "ports, and ranges of ports, such as 443,1024-65535"),
            "80,443,1024-65535",
            "Ports to which webhooks may be sent, and ranges of ports, joined by commas.");

    private static final NumberSetting DELIVERIES_MAX = new NumberSetting(
            SUBSCRIPTIONS,
            "webhook-deliveries",
            Unit.COUNT,
            1,
            10_000,
            "256",
            "How many webhooks are sent at a time; more wait.");

    static final List<Setting<?>> SETTINGS =
            List.of(SUBSCRIPTIONS_MAX, LINKS, PUBLIC_URL, LOCAL_WEBHOOKS, WEBHOOK_PORTS, DELIVERIES_MAX);

    /**
     * Checks the values.
     *
     * @param subscriptionsMax 0 … ten million
     * @param linksMax 1 … a hundred million
     * @param publicUrl {@code none}, or a URL with a slash at its end
     * @param localWebhooks any value
     * @param webhookPorts ports and ranges of ports, joined by commas
     * @param deliveriesMax 1 … ten thousand
     * @throws IllegalArgumentException if a value is not allowed
     */
    public SubscriptionsConfig {
        SUBSCRIPTIONS_MAX.check(subscriptionsMax);
        LINKS.check(linksMax);
        PUBLIC_URL.check(publicUrl);
        WEBHOOK_PORTS.check(webhookPorts);
        DELIVERIES_MAX.check(deliveriesMax);
        ports(webhookPorts);
    }

    private static PortRanges ports(String list) {
        try {
            return PortRanges.parse(list);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("webhook-ports has " + e.getMessage(), e);
        }
    }

    /** {@return whether the server has subscriptions} */
    public boolean isOn() {
        return subscriptionsMax > 0;
    }

    /** {@return the ports to which webhooks are sent} */
    public PortRanges ports() {
        return ports(webhookPorts);
    }

    /** {@return whether {@link #publicUrl} is a URL} */
    public boolean hasPublicUrl() {
        return !publicUrl.equals(NONE);
    }

    static SubscriptionsConfig of(SettingValues values) {
        return new SubscriptionsConfig(
                values.toInt(SUBSCRIPTIONS_MAX),
                values.toInt(LINKS),
                values.get(PUBLIC_URL),
                values.get(LOCAL_WEBHOOKS),
                values.get(WEBHOOK_PORTS),
                values.toInt(DELIVERIES_MAX));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .subscriptionsMax(subscriptionsMax)
                .linksMax(linksMax)
                .publicUrl(publicUrl)
                .localWebhooks(localWebhooks)
                .webhookPorts(webhookPorts)
                .deliveriesMax(deliveriesMax);
    }

    /** {@return the defaults: 10,000 subscriptions, and webhooks over TLS to other machines only} */
    public static SubscriptionsConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes the settings of subscriptions, within {@link ServerConfig.Builder#subscriptions}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param subscriptionsMax how many subscriptions there may be, up to ten million; 0 for no interface for them
         */
        public Builder subscriptionsMax(int subscriptionsMax) {
            values.set(SUBSCRIPTIONS_MAX, (long) subscriptionsMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param linksMax how many streams all subscriptions together may be linked with, 1 … a hundred million
         */
        public Builder linksMax(int linksMax) {
            values.set(LINKS, (long) linksMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param publicUrl the URL below which others reach the streams, with a slash at its end; {@code none} for the
         *     address that the server listens on
         */
        public Builder publicUrl(String publicUrl) {
            values.set(PUBLIC_URL, publicUrl);
            return this;
        }

        /**
         * {@return this}
         *
         * @param localWebhooks whether webhooks may be sent to this machine, also without TLS
         */
        public Builder localWebhooks(boolean localWebhooks) {
            values.set(LOCAL_WEBHOOKS, localWebhooks);
            return this;
        }

        /**
         * {@return this}
         *
         * @param webhookPorts the ports to which webhooks may be sent, such as {@code 443,1024-65535}
         */
        public Builder webhookPorts(String webhookPorts) {
            values.set(WEBHOOK_PORTS, webhookPorts);
            return this;
        }

        /**
         * {@return this}
         *
         * @param deliveriesMax how many webhooks are sent at a time, 1 … ten thousand
         */
        public Builder deliveriesMax(int deliveriesMax) {
            values.set(DELIVERIES_MAX, (long) deliveriesMax);
            return this;
        }
    }
}
