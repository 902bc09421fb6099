package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.AddressRanges;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForbiddenAddressesTest {
    private static final int ROUNDS = 20_000;
    private static final int IPV6_BYTES = 16;

    private static InetAddress address(String text) {
        InetAddress address = AddressRanges.address(text);
        assertThat(address).as(text).isNotNull();
        return address;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2001:200::",
                "2001:4860:4860::8888",
                "2001:db7:ffff::",
                "2001:db9::",
                "2003::",
                "2606:4700::1111",
                "2a00::",
                "3ffe:ffff::"
            })
    void theAddressesBesideTheRangesArePublic(String text) {
        assertThat(ForbiddenAddresses.kindOf(address(text))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, an unspecified address",
        "127.255.255.255, a loopback address",
        "172.31.255.255, a private address",
        "169.254.169.254, a metadata address of a cloud",
        "169.254.169.253, a link-local address",
        "100.127.255.255, a shared address",
        "224.0.0.0, a multicast address",
        "255.255.255.255, a broadcast address",
        "255.255.255.254, a reserved address",
        "::, an unspecified address",
        "::1, a loopback address",
        "::2, an IPv4-compatible address",
        "fd00:ec2::254, a metadata address of a cloud",
        "fd00:ec2::253, a unique local address",
        "64:ff9b::808:808, a NAT64 address",
        "2002:808:808::, a 6to4 address",
        "2001:0:808:808::, an address for protocols",
        "1fff:ffff::, an address that is not public",
        "4000::, an address that is not public",
    })
    void aForbiddenAddressHasItsKind(String text, String kind) {
        assertThat(ForbiddenAddresses.kindOf(address(text))).isEqualTo(kind);
    }

    /** What the JDK knows to be no public address is never accepted, nor an address that contains one. */
    @Test
    void randomAddressesThatTheJdkCallsLocalAreForbidden() throws Exception {
        Random random = new Random(7);
        byte[][] prefixes = {
            {0, 0x64, (byte) 0xff, (byte) 0x9b}, {0x20, 0x02}, {0x20, 0x01, 0, 0}, {(byte) 0xfe, (byte) 0x80},
            {(byte) 0xfc}, {(byte) 0xfd}, {(byte) 0xff, 0x02}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
        };
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? Integer.BYTES : IPV6_BYTES];
            random.nextBytes(bytes);
            byte[] prefix = prefixes[random.nextInt(prefixes.length)];
            if (bytes.length == IPV6_BYTES) {
                System.arraycopy(prefix, 0, bytes, 0, prefix.length);
            } else {
                bytes[0] = (byte) List.of(10, 127, 169, 172, 192, 224, 0, 8)
                        .get(random.nextInt(8))
                        .intValue();
                bytes[1] = (byte)
                        List.of(168, 254, 16, 31, 0).get(random.nextInt(5)).intValue();
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            boolean isLocal = address.isSiteLocalAddress()
                    || address.isLinkLocalAddress()
                    || address.isLoopbackAddress()
                    || address.isMulticastAddress()
                    || address.isAnyLocalAddress();
            if (isLocal || bytes.length == IPV6_BYTES) {
                assertThat(ForbiddenAddresses.kindOf(address))
                        .as(address.toString())
                        .isNotNull();
            }
        }
    }

    @Test
    void theTranslationOfAnotherAddressOfTheNameIsNoOtherReceiver() {
        List<InetAddress> addresses = Stream.of("8.8.8.8", "64:ff9b::808:808", "64:ff9b::808:809", "2606:4700::1")
                .map(ForbiddenAddressesTest::address)
                .toList();

        assertThat(ForbiddenAddresses.withoutTranslations(addresses))
                .containsExactly(address("8.8.8.8"), address("64:ff9b::808:809"), address("2606:4700::1"));
    }
}
