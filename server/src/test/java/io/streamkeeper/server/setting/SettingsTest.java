package io.streamkeeper.server.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.config.ServerConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every description has its field, and every field its description: each step of adding a setting is checked. */
class SettingsTest {
    private static final String NAME = "[a-z]+(-[a-z]+)*";

    /** A value that is not the default, for settings that are text or are bounded by another one. */
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("long-poll-timeout", "1s"),
            Map.entry("host", "localhost"),
            Map.entry("admin-listen", "127.0.0.1:0"),
            Map.entry("transport", "nio"),
            Map.entry("tls-cert", "cert.pem"),
            Map.entry("tls-key", "key.pem"),
            Map.entry("tls-client-ca", "ca.pem"),
            Map.entry("tls-client-certs", "optional"),
            Map.entry("cache-scope", "private"),
            Map.entry("cors-origin", "none"),
            Map.entry("allowed-hosts", "streams.example.com"),
            Map.entry("token-file", "tokens"),
            Map.entry("policy-file", "policy"),
            Map.entry("signing-keys", "keys"),
            Map.entry("audit-log", "audit"),
            Map.entry("jwt-key", "key"),
            Map.entry("jwt-jwks", "https://id.example.com/jwks.json"),
            Map.entry("jwt-issuer", "https://id.example.com"),
            Map.entry("jwt-audience", "streams"),
            Map.entry("jwt-prefix-claim", "streams_prefix"),
            Map.entry("limit-client", "requests=5/1s"),
            Map.entry("limit-tenant", "live=5"),
            Map.entry("tenants", "tenants/*"),
            Map.entry("limits-file", "limits"),
            Map.entry("trusted-proxies", "10.0.0.0/8"),
            Map.entry("data-dir", "elsewhere"),
            Map.entry("durability", "os"),
            Map.entry("storage", "mirrored"),
            Map.entry("retention", "logs/**=max-age:1d"),
            Map.entry("access-log", "json"),
            Map.entry("access-log-file", "access"),
            Map.entry("public-url", "https://streams.example.com/v1/stream/"),
            Map.entry("webhook-ports", "443"),
            Map.entry("cluster", "n1=10.0.0.1:4438"),
            Map.entry("cluster-self", "n1"),
            Map.entry("tier", "s3://bucket/prefix"),
            Map.entry("tier-endpoint", "http://10.0.0.9:9000"),
            Map.entry("tier-region", "eu-central-1"),
            Map.entry("cluster-name", "other"),
            Map.entry("cluster-host", "0.0.0.0"),
            Map.entry("cluster-advertise", "http://10.0.0.1:4437"),
            Map.entry("cluster-tls-cert", "member.pem"),
            Map.entry("cluster-tls-key", "member-key.pem"),
            Map.entry("cluster-tls-ca", "members.pem"),
            Map.entry("cluster-routing", "redirect"),
            Map.entry("root", "/other/"));

    private static List<Setting<?>> settings() {
        return ServerConfig.settings();
    }

    @Test
    void namesAreUnique() {
        assertThat(settings()).extracting(Setting::name).doesNotHaveDuplicates().allMatch(name -> name.matches(NAME));
    }

    @Test
    void everyFieldOfTheConfigurationHasADescription() throws ReflectiveOperationException {
        assertThat(leaves(ServerConfig.defaults())).hasSameSizeAs(settings());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aSettingFillsOneFieldWhichTheBuilderKeeps(Setting<?> setting) throws ReflectiveOperationException {
        SettingValues values = new SettingValues();
        values.parse(setting, otherThanDefault(setting));

        ServerConfig config = ServerConfig.of(values);

        Map<String, Object> changed = leaves(config);
        leaves(ServerConfig.defaults()).forEach(changed::remove);
        assertThat(changed).hasSize(1);
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theDefaultIsAllowed(Setting<?> setting) {
        checkDefault(setting);
    }

    private static <T> void checkDefault(Setting<T> setting) {
        setting.check(setting.defaultValue());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aNumberOutOfBoundsIsQuotedWithThem(Setting<?> setting) {
        if (!(setting instanceof NumberSetting number)) {
            return;
        }
        NumberType bounds = (NumberType) number.type();
        List<Long> refused = new ArrayList<>(List.of(bounds.min() - 1));
        if (bounds.max() < Long.MAX_VALUE) {
            refused.add(bounds.max() + 1);
        }
        for (long value : refused) {
            SettingValues values = new SettingValues();
            values.set(number, value);
            assertThatThrownBy(() -> ServerConfig.of(values))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(setting.name())
                    .hasMessageContaining(" is " + value + "; expected ")
                    .hasMessageContaining(Long.toString(bounds.min()));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aTextOfAnotherFormIsQuotedWithWhatWasExpected(Setting<?> setting) {
        if (!(setting.type() instanceof Text text)) {
            return;
        }
        SettingValues values = new SettingValues();
        values.parse(setting, " ");
        assertThatThrownBy(() -> ServerConfig.of(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(setting.name() + " is \" \"; expected " + text.expected());
    }

    private static String otherThanDefault(Setting<?> setting) {
        if (OTHER_VALUES.containsKey(setting.name())) {
            return OTHER_VALUES.getOrDefault(setting.name(), "");
        }
        if (setting instanceof NumberSetting number) {
            NumberType bounds = (NumberType) number.type();
            return bounds.unit().text(bounds.max() == Long.MAX_VALUE ? bounds.min() + 1 : bounds.max());
        }
        assertThat(setting.type().isSwitch())
                .as("the setting " + setting + " is text: add a value of it to OTHER_VALUES")
                .isTrue();
        return Boolean.toString(!Boolean.parseBoolean(setting.defaultText()));
    }

    /** The fields that are not records of a concern, by their path. */
    private static Map<String, Object> leaves(Record config) throws ReflectiveOperationException {
        Map<String, Object> leaves = new LinkedHashMap<>();
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(config);
            if (value instanceof Record concern && !(value instanceof RetentionConfig)) {
                leaves(concern).forEach((name, inner) -> leaves.put(component.getName() + "." + name, inner));
            } else {
                leaves.put(component.getName(), value);
            }
        }
        return leaves;
    }
}
