package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.config.PortRanges;
import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookUrlTest {
    private static final WebhookRules PUBLIC = rules(false);
    private static final WebhookRules LOCAL = rules(true);
    private static final int ROUNDS = 50_000;

    private static WebhookRules rules(boolean allowLocal) {
        return new WebhookRules(allowLocal, PortRanges.parse(WebhookRules.DEFAULT_PORTS));
    }

    private static void assertRefused(String url, WebhookRules rules) {
        assertThatExceptionOfType(RefusedException.class)
                .as(url)
                .isThrownBy(() -> WebhookUrl.parse(url, rules))
                .satisfies(e -> {
                    assertThat(e.refusal().code()).isEqualTo(ErrorCode.WEBHOOK_URL_REJECTED);
                    assertThat(e.refusal().message()).startsWith("the webhook URL \"");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "https://worker.example/hooks, worker.example, 443, /hooks, https://worker.example/hooks",
        "https://worker.example, worker.example, 443, /, https://worker.example",
        "HTTPS://Worker.EXAMPLE:443/Hooks?a=B%20c, worker.example, 443, /Hooks?a=B%20c, https://worker.example/Hooks?a=B%20c",
        "https://worker.example?a=/b:1@x, worker.example, 443, /?a=/b:1@x, https://worker.example?a=/b:1@x",
        "https://a-1.b.xn--bcher-kva.example:8443/, a-1.b.xn--bcher-kva.example, 8443, /, https://a-1.b.xn--bcher-kva.example:8443/",
        "https://worker.example:80/, worker.example, 80, /, https://worker.example:80/",
        "https://8.8.8.8/x, 8.8.8.8, 443, /x, https://8.8.8.8/x",
        "https://[2606:4700::1111]:9443/x, 2606:4700::1111, 9443, /x, https://[2606:4700::1111]:9443/x",
        "https://[2606:4700::ABCD]/, 2606:4700::abcd, 443, /, https://[2606:4700::abcd]/",
        "https://0x7f.example/, 0x7f.example, 443, /, https://0x7f.example/",
        "https://localhost.example/, localhost.example, 443, /, https://localhost.example/",
    })
    void aPublicUrlHasItsParts(String url, String host, int port, String target, String text) {
        WebhookUrl parsed = WebhookUrl.parse(url, PUBLIC);

        assertThat(parsed.host()).isEqualTo(host);
        assertThat(parsed.port()).isEqualTo(port);
        assertThat(parsed.target()).isEqualTo(target);
        assertThat(parsed.text()).isEqualTo(text);
        assertThat(parsed.isTls()).isTrue();
        assertThat(parsed.isLocal()).isFalse();
        assertThat(WebhookUrl.parse(text, PUBLIC)).isEqualTo(parsed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost/",
                "http://localhost:8080/hook",
                "HTTP://LocalHost:8080",
                "http://127.0.0.1:8080/",
                "http://127.0.0.2/",
                "http://127.255.255.254/",
                "http://[::1]:8080/",
                "http://[0:0:0:0:0:0:0:1]/",
                "https://localhost/",
                "https://127.0.0.1:8443/",
                "https://[::1]/"
            })
    void thisMachineIsAllowedOnlyByTheFlag(String url) {
        assertThat(WebhookUrl.parse(url, LOCAL).isLocal()).isTrue();
        assertRefused(url, PUBLIC);
    }

    @Test
    void theMessageNamesTheFlagAndTheKindOfAddress() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> WebhookUrl.parse("http://localhost:9/", PUBLIC))
                .withMessage("the webhook URL \"http://localhost:9/\" is this machine, to which the server sends only"
                        + " with allow-local-webhooks");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> WebhookUrl.parse("http://10.0.0.1/hook", LOCAL))
                .withMessage("the webhook URL \"http://10.0.0.1/hook\" has a host that is a private address;"
                        + " expected a public one");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> WebhookUrl.parse("http://worker.example/", LOCAL))
                .withMessage("the webhook URL \"http://worker.example/\" begins with http; expected https, or http to"
                        + " localhost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Schemes.
                "",
                "https",
                "https:",
                "https:/",
                "https://",
                "https:///x",
                "https:worker.example",
                "//worker.example/",
                "http://worker.example/",
                "http://8.8.8.8/",
                "ftp://worker.example/",
                "file:///etc/passwd",
                "gopher://worker.example/",
                "javascript:alert(1)",
                "wss://worker.example/",
                " https://worker.example/",
                "https ://worker.example/",
                "httpſ://worker.example/",
                // Private and special IPv4 addresses.
                "https://10.0.0.1/",
                "https://10.255.255.255/",
                "https://172.16.0.1/",
                "https://172.31.255.255/",
                "https://192.168.0.1/",
                "https://192.168.255.255/",
                "https://169.254.169.254/latest/meta-data/",
                "https://169.254.0.1/",
                "https://168.63.129.16/",
                "https://100.64.0.1/",
                "https://100.127.255.255/",
                "https://100.100.100.200/",
                "https://0.0.0.0/",
                "https://0.1.2.3/",
                "https://224.0.0.1/",
                "https://239.255.255.255/",
                "https://240.0.0.1/",
                "https://255.255.255.255/",
                "https://192.0.0.192/",
                "https://192.0.2.1/",
                "https://198.51.100.1/",
                "https://203.0.113.1/",
                "https://198.18.0.1/",
                "https://198.19.255.255/",
                "https://192.88.99.1/",
                // Other spellings of IPv4 addresses.
                "http://2130706433/",
                "https://2130706433/",
                "https://3232235521/",
                "https://134744072/",
                "http://0x7f000001/",
                "http://0x7F.0.0.1/",
                "http://0x7f.0x0.0x0.0x1/",
                "http://017700000001/",
                "http://0177.0.0.1/",
                "http://127.0.0.01/",
                "http://127.1/",
                "http://127.0.1/",
                "http://127.0.0.1./",
                "http://127.0.0.0x1/",
                "https://8.8.8.8.8/",
                "https://8.8.8.256/",
                "https://8.8.8/",
                "https://8.8.8.08/",
                "https://1.1.1.1.",
                "https://256/",
                "https://0x/",
                "https://0/",
                "https://worker.example.1/",
                "https://00000008.8.8.8/",
                "https://4294967296/",
                "https://99999999999999999999/",
                // IPv6 addresses.
                "https://[::]/",
                "http://[::]:80/",
                "https://[fe80::1]/",
                "https://[febf::1]/",
                "https://[fec0::1]/",
                "https://[fc00::1]/",
                "https://[fdff::1]/",
                "https://[fd00:ec2::254]/",
                "https://[ff02::1]/",
                "https://[::ffff:127.0.0.1]/",
                "http://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[0:0:0:0:0:ffff:10.0.0.1]/",
                "https://[::ffff:8.8.8.8]/",
                "https://[::ffff:0:10.0.0.1]/",
                "https://[::127.0.0.1]/",
                "http://[::7f00:1]/",
                "https://[::8.8.8.8]/",
                "https://[::2]/",
                "https://[64:ff9b::10.0.0.1]/",
                "https://[64:ff9b::a00:1]/",
                "https://[64:ff9b::808:808]/",
                "https://[64:ff9b:1::1]/",
                "https://[64:ff9b:1:ffff::a00:1]/",
                "https://[64:ff9b:2::1]/",
                "https://[2002:a00:1::]/",
                "https://[2002:7f00:1::1]/",
                "https://[2002:808:808::1]/",
                "https://[2001:0:a00:1::f5ff:fffe]/",
                "https://[2001::1]/",
                "https://[2001:10::1]/",
                "https://[2001:db8::1]/",
                "https://[3fff::1]/",
                "https://[100::1]/",
                "https://[5f00::1]/",
                "https://[4000::1]/",
                "https://[fe80::1%25eth0]/",
                "https://[fe80::1%eth0]/",
                "https://[::1%251]/",
                "http://[::1%lo]/",
                "https://[2606:4700::1]x/",
                "https://[2606:4700::1/",
                "https://2606:4700::1/",
                "https://[]/",
                "https://[",
                "https://]",
                "https://[[::1]]/",
                "https://[8.8.8.8]/",
                "https://[v1.fe80]/",
                "https://[2606:4700::1::2]/",
                "https://[2606:4700]/",
                "https://[worker.example]/",
                "https://x[::1]/",
                // Names.
                "http://localhost./",
                "https://localhost./",
                "http://foo.localhost/",
                "https://a.b.localhost/",
                "https://LOCALHOST./",
                "https://localhost.localdomain/",
                "https://printer.local/",
                "https://metadata.google.internal/",
                "https://router.home.arpa/",
                "https://intranet/",
                "https://ai/",
                "https://worker.example./",
                "https://worker.example../",
                "https://.worker.example/",
                "https://worker..example/",
                "https://-worker.example/",
                "https://worker-.example/",
                "https://wor_ker.example/",
                "https://*.example/",
                "https://worker,example/",
                "https://worker;example/",
                "https://worker!.example/",
                "https://wörker.example/",
                "https://worker。example/",
                "http://127。0。0。1/",
                "http://127．0．0．1/",
                "http://①②⑦.0.0.1/",
                "http://ⓛocalhost/",
                "http://%6c%6f%63%61%6chost/",
                "https://worker%2eexample/",
                "https://worker%00.example/",
                "https://127.0.0.1%2f@worker.example/",
                // User information, backslashes, control characters, fragments.
                "https://user@worker.example/",
                "https://user:secret@worker.example/",
                "https://@worker.example/",
                "https://:@worker.example/",
                "https://worker.example@127.0.0.1/",
                "https://worker.example:443@127.0.0.1/",
                "https://127.0.0.1\\@worker.example/",
                "https:\\\\worker.example\\",
                "https://worker.example\\x",
                "https://worker.example/\\x",
                "https://worker.example/a b",
                "https://worker.example/\t",
                "https://worker.example/\r\nHost: x",
                "https://worker.example\n/",
                "https://worker.example/\u0000",
                "https://worker.example/\u007f",
                "https://worker.example/ü",
                "https://worker.example/#x",
                "https://worker.example#@127.0.0.1/",
                "https://worker.example/<x>",
                "https://worker.example/\"",
                "https://worker.example/{id}",
                "https://worker.example/`",
                "https://worker.example/^",
                // Ports.
                "https://worker.example:/",
                "https://worker.example:0/",
                "https://worker.example:65536/",
                "https://worker.example:00443/",
                "https://worker.example:0443/",
                "https://worker.example:+443/",
                "https://worker.example:-1/",
                "https://worker.example:443a/",
                "https://worker.example:4 43/",
                "https://worker.example:４４３/",
                "https://worker.example:443:443/",
                "https://worker.example:22/",
                "https://worker.example:25/",
                "https://worker.example:53/",
                "https://worker.example:1023/",
                "https://worker.example:99999999999/",
                "http://localhost:25/",
                "http://[::1]:/",
                "http://[::1]80/",
                "https://:443/",
            })
    void whateverElseIsRefusedInEverySpelling(String url) {
        assertRefused(url, PUBLIC);
        assertRefused(url, LOCAL);
    }

    @Test
    void aUrlThatIsTooLongIsRefused() {
        String url = "https://worker.example/";

        assertThat(WebhookUrl.parse(url + "a".repeat(2_048 - url.length()), PUBLIC)
                        .port())
                .isEqualTo(443);
        assertRefused(url + "a".repeat(2_049 - url.length()), PUBLIC);
        assertRefused("https://" + "a.".repeat(127) + "example/", PUBLIC);
        assertRefused("https://" + "a".repeat(64) + ".example/", PUBLIC);
        assertThat(WebhookUrl.parse("https://" + "a".repeat(63) + ".example/", PUBLIC)
                        .host())
                .hasSize(71);
    }

    @Test
    void onlyThePortsOfTheRulesAreAllowed() {
        WebhookRules rules = new WebhookRules(false, PortRanges.parse("8443"));

        assertThat(WebhookUrl.parse("https://worker.example:8443/", rules).port())
                .isEqualTo(8_443);
        assertRefused("https://worker.example/", rules);
        assertRefused("https://worker.example:8444/", rules);
    }

    /** Whatever is accepted is read by the JDK in the same way, and names no private host. */
    @Test
    void noTwoProgramsReadAnAcceptedUrlDifferently() {
        String[] pieces = {
            "https://",
            "http://",
            "localhost",
            "127.0.0.1",
            "10.0.0.1",
            "worker.example",
            "[::1]",
            "[fe80::1]",
            "8.8.8.8",
            "@",
            ":",
            "/",
            "\\",
            "?",
            "#",
            "%",
            "%2f",
            "%40",
            ".",
            "..",
            "-",
            "0x7f",
            "1",
            "443",
            "8080",
            "a",
            "[",
            "]",
            "_",
            " ",
            "\t",
            "\u3002",
            "é",
            "::",
            "ffff",
            "//"
        };
        int accepted = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            StringBuilder url = new StringBuilder(random.nextInt(8) == 0 ? "" : "https://");
            for (int i = random.nextInt(6); i >= 0; i--) {
                url.append(pieces[random.nextInt(pieces.length)]);
            }
            WebhookUrl parsed;
            try {
                parsed = WebhookUrl.parse(url.toString(), PUBLIC);
            } catch (RefusedException e) {
                continue;
            }
            accepted++;
            // The JDK accepts fewer paths and queries.
            URI other = URI.create(url.toString().replaceFirst("^(https://[^/?]*).*", "$1"));
            assertThat(other.getHost()).as("seed %s: %s", seed, url).isIn(parsed.host(), "[" + parsed.host() + "]");
            assertThat(other.getPort()).as("seed %s: %s", seed, url).isIn(-1, parsed.port());
            assertThat(parsed.host())
                    .as("seed %s", seed)
                    .isNotIn("10.0.0.1", "127.0.0.1", "localhost", "::1", "fe80::1");
        }
        assertThat(accepted).isGreaterThan(100);
    }
}
