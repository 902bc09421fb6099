package io.streamkeeper.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.config.AccessLogConfig.Format;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Operation;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private static AccessLine line(
            @Nullable String subject, String path, int status, @Nullable ErrorCode code, boolean isWhole)
            throws UnknownHostException {
        return new AccessLine(
                1_800_000_000_007L,
                "id-1",
                InetAddress.getByName("10.0.0.7"),
                subject,
                Operation.APPEND,
                "POST",
                path,
                "HTTP/1.1",
                status,
                code,
                5,
                312,
                1_234_567,
                20_000_001_000L,
                isWhole);
    }

    private static String text(Format format, AccessLine line, long dropped) {
        AccessText text = new AccessText(
                format,
                "/v1/stream/",
                ServerConfig.builder()
                        .limits(limits -> limits.tenants("tenants/*"))
                        .build()
                        .limits()
                        .tenantPattern());
        return new String(text.encode(line, dropped), StandardCharsets.UTF_8);
    }

    @Test
    void aShortLineHasTheValuesBetweenSpaces() throws UnknownHostException {
        assertThat(text(Format.SHORT, line("alice", "/v1/stream/a", 204, null, true), 0))
                .isEqualTo("2027-01-15T08:00:00.007Z 10.0.0.7 alice POST /v1/stream/a 204 - 5 312 1.234ms"
                        + " 20000.001ms id-1\n");
        assertThat(text(Format.SHORT, line(null, "/v1/stream/a", 404, ErrorCode.STREAM_NOT_FOUND, true), 3))
                .isEqualTo("# 3 lines were dropped\n2027-01-15T08:00:00.007Z 10.0.0.7 - POST /v1/stream/a 404"
                        + " stream_not_found 5 312 1.234ms 20000.001ms id-1\n");
        assertThat(text(Format.SHORT, line(null, "/v1/stream/a", 0, null, false), 0))
                .contains(" POST /v1/stream/a - cut 5 ");
    }

    @Test
    void aNameCannotForgeALine() throws UnknownHostException {
        assertThat(text(Format.SHORT, line("a b\n2027 x\"", "/v1/stream/a", 204, null, true), 0))
                .contains(" \"a\\u0020b\\n2027\\u0020x\\\"\" POST ")
                .hasLineCount(1);
        assertThat(text(Format.JSON, line("a\"\n\ud800", "/v1/stream/a", 204, null, true), 0))
                .contains("\"subject\":\"a\\\"\\n?\"")
                .hasLineCount(1);
    }

    @Test
    void anObjectOmitsWhatIsAbsent() throws UnknownHostException {
        assertThat(text(Format.JSON, line("alice", "/v1/stream/tenants/a%20b/c", 204, null, true), 0))
                .isEqualTo(
                        "{\"time\":\"2027-01-15T08:00:00.007Z\",\"id\":\"id-1\",\"client\":\"10.0.0.7\","
                                + "\"subject\":\"alice\",\"tenant\":\"tenants/a b\",\"operation\":\"append\",\"method\":\"POST\","
                                + "\"path\":\"/v1/stream/tenants/a%20b/c\",\"protocol\":\"HTTP/1.1\",\"status\":204,"
                                + "\"requestBytes\":5,\"responseBytes\":312,\"waitMillis\":1.234,\"durationMillis\":20000.001}\n");
        assertThat(text(Format.JSON, line(null, "/v1/stream/a//b%zz", 0, null, false), 9))
                .doesNotContain("subject", "tenant", "status", "code")
                .endsWith(",\"cut\":true,\"droppedBefore\":9}\n");
    }

    @Test
    void aLongPathIsShortened() throws UnknownHostException {
        assertThat(line(null, "/" + "a".repeat(100_000), 404, null, true).path())
                .hasSize(AccessLine.PATH_MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0f8fad5b-d9cb-469f-a165-70867728950e", "Root=1-67891233-abcdef012345678912345678"})
    void theIdOfTheClientIsKept(String id) {
        assertThat(AccessLog.id(id, "00-" + TRACE + "-b7ad6b7169203331-01")).isEqualTo(id);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "a b", "a,b", "a, b", "ä", "\"", "a\u0000", "\\", "{}"})
    void withoutAValidOneThatOfTheTraceIsUsed(@Nullable String id) {
        assertThat(AccessLog.id(id, "00-" + TRACE + "-b7ad6b7169203331-01")).isEqualTo(TRACE);
        assertThat(AccessLog.id("a".repeat(129), "00-" + TRACE + "-b7ad6b7169203331-00"))
                .isEqualTo(TRACE);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00-" + TRACE + "-b7ad6b7169203331-0",
                "01-" + TRACE + "-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-" + TRACE + "_b7ad6b7169203331-01",
                "00-" + TRACE + "-b7ad6b7169203331-0x",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01"
            })
    void withoutAValidTraceANewOneIsMade(@Nullable String traceParent) {
        String id = AccessLog.id(null, traceParent);
        assertThat(id).matches("[0-9a-f]{16}");
        assertThat(AccessLog.id(null, traceParent)).isNotEqualTo(id);
    }

    @Test
    void aFileNeedsAFormat() {
        ServerConfig config =
                ServerConfig.builder().accessLog(log -> log.file("access")).build();
        assertThatThrownBy(() -> AccessLog.open(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("access-log-file is \"access\", and access-log is \"off\"; expected short or json");
    }
}
