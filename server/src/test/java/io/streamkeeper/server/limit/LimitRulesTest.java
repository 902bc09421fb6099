package io.streamkeeper.server.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.server.config.LimitSet;
import io.streamkeeper.server.config.LimitsConfig;
import io.streamkeeper.server.config.Quota;
import io.streamkeeper.server.config.ServerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitRulesTest {
    private static final LimitsConfig CONFIG = ServerConfig.builder()
            .limits(limits ->
                    limits.client("requests=10,live=5").tenant("storage=1MiB").tenants("tenants/*"))
            .build()
            .limits();

    private static LimitRules rules(String... lines) {
        return LimitRules.parse(List.of(lines), CONFIG);
    }

    @Test
    void aLineChangesTheLimitsThatItNamesAndNoOthers() {
        LimitRules rules =
                rules("# limits", "client alice requests=100/10s", "address 203.0.113.7 live=none connections=9", "");

        LimitSet alice = rules.ofClient("name alice");
        assertThat(alice.requests()).isEqualTo(new Quota(100, 10));
        assertThat(alice.live()).isEqualTo(5);
        LimitSet address = rules.ofClient("address 203.0.113.7");
        assertThat(address.requests()).isEqualTo(new Quota(10, 1));
        assertThat(address.live()).isEqualTo(LimitSet.UNLIMITED);
        assertThat(address.connections()).isEqualTo(9);
        assertThat(rules.ofClient("name bob")).isEqualTo(CONFIG.ofClient());
    }

    @Test
    void aLineForEachClientComesBeforeThoseForOneWhereverItIs() {
        LimitRules rules = rules("client alice live=7", "client * requests=none in=1KiB/2s");

        assertThat(rules.ofClient("name alice").requests()).isNull();
        assertThat(rules.ofClient("name alice").live()).isEqualTo(7);
        assertThat(rules.ofClient("name bob").received()).isEqualTo(new Quota(1024, 2));
    }

    @Test
    void aTenantHasLimitsOfItsOwn() {
        LimitRules rules = rules("tenant * streams=10", "tenant tenants/acme storage=1GiB");

        assertThat(rules.ofTenant("tenants/acme").storageBytes()).isEqualTo(1 << 30);
        assertThat(rules.ofTenant("tenants/acme").streams()).isEqualTo(10);
        assertThat(rules.ofTenant("tenants/other").storageBytes()).isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "client | line 2 has 'client'; expected client, address or tenant",
                "clients a requests=1 | line 2 has 'clients'; expected client, address or tenant",
                "client a request=1 | line 2 has an error: 'request=1'; expected each at most once of",
                "client a requests | line 2 has an error: 'requests'; expected each at most once of",
                "client a requests=1 requests=2 | line 2 has an error: 'requests=2'; expected each at most once",
                "client a requests=x | 'x' is not a number; expected one such as 100",
                "client a requests=0 | '0' is not an amount; expected 1 to 1000000000000",
                "client a requests=5/0s | a time of 0 s; expected whole seconds, 1s to 1h",
                "client a requests=5/500ms | a time of '500ms'; expected whole seconds, 1s to 1h",
                "client a requests=5/2h | a time of 7200 s; expected whole seconds, 1s to 1h",
                "client a in=5parsecs | '5parsecs' is not a size; expected one such as 64KiB, 8MB or 4096",
                "client a connections=5 | line 2 has an error: 'connections=5'; expected each at most once of",
                "client a storage=5 | line 2 has an error: 'storage=5'; expected each at most once of",
                "address example.com live=5 | line 2 has the address 'example.com'; expected one such as",
                "tenant acme live=5 | line 2 has the tenant 'acme', which is none of --tenants tenants/*",
                "tenant tenants/acme/more live=5 | line 2 has the tenant 'tenants/acme/more', which is none",
                "client first live=5 | line 2 has 'client first' once more; expected one line for each"
            })
    void aLineThatIsNotValidIsNamedByItsNumber(String line, String message) {
        assertThatThrownBy(() -> rules("client first live=4", line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2 has ")
                .hasMessageContaining(message);
    }
}
