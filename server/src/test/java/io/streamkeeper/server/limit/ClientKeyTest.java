package io.streamkeeper.server.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.AddressRanges;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientKeyTest {
    private static InetAddress address(String text) {
        return Objects.requireNonNull(AddressRanges.address(text), text);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, address 203.0.113.7",
        "::ffff:203.0.113.7, address 203.0.113.7",
        "2001:db8:1:2:3:4:5:6, address 2001:db8:1:2::/64",
        "2001:db8:1:2::, address 2001:db8:1:2::/64",
        "::1, address 0:0:0:0::/64"
    })
    void anAddressOfIpv6IsItsNetworkAndAMappedOneIsThatOfIpv4(String text, String key) {
        assertThat(ClientKey.ofAddress(address(text))).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                // A client that is no proxy names nobody.
                "203.0.113.7 | 198.51.100.1 | 203.0.113.7",
                "10.0.0.1 | none | 10.0.0.1",
                "10.0.0.1 | 198.51.100.1 | 198.51.100.1",
                // What the client wrote itself comes first.
                "10.0.0.1 | 1.2.3.4, 198.51.100.1 | 198.51.100.1",
                "10.0.0.1 | 198.51.100.1, 10.0.0.2 | 198.51.100.1",
                "10.0.0.1 | 10.9.9.9, 198.51.100.1, 10.0.0.2 | 198.51.100.1",
                "10.0.0.1 | 10.0.0.3, 10.0.0.2 | 10.0.0.3",
                // An entry that is no address stops the search.
                "10.0.0.1 | 1.2.3.4, unknown, 10.0.0.2 | 10.0.0.2",
                "10.0.0.1 | 1.2.3.4, | 10.0.0.1",
                "10.0.0.1 | '' | 10.0.0.1",
                "10.0.0.1 | 198.51.100.1:4711 | 198.51.100.1",
                "10.0.0.1 | [2001:db8::1]:4711 | 2001:db8::1",
                "10.0.0.1 | 2001:db8::1 | 2001:db8::1",
                "10.0.0.1 | fe80::1%eth0 | 10.0.0.1",
                "10.0.0.1 | localhost | 10.0.0.1",
                "10.0.0.1 | 010.0.0.1.5 | 10.0.0.1"
            },
            delimiter = '|')
    void aTrustedProxyNamesItsClient(String peer, @Nullable String forwarded, String client) {
        assertThat(ClientKey.behind(address(peer), forwarded, AddressRanges.parse("10.0.0.0/8")))
                .isEqualTo(address(client));
    }

    @Test
    void aLongListIsReadOnceAndOnlyWhileProxiesAreTrusted() {
        String list = "1.2.3.4" + ", 10.0.0.1".repeat(10_000);

        assertThat(ClientKey.behind(address("10.0.0.1"), list, AddressRanges.parse("10.0.0.0/8")))
                .isEqualTo(address("1.2.3.4"));
    }
}
