package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The levels of the log, which an operator changes while the server runs. */
class LogbackLevelsTest {
    private static final String NAME = "io.streamkeeper.test";

    private static Level effective() {
        return ((Logger) LoggerFactory.getLogger(NAME + ".level")).getEffectiveLevel();
    }

    @Test
    void aLevelIsThatOfTheLoggersBelow() {
        LogbackLevels levels = new LogbackLevels();
        Level before = effective();
        assertThat(levels.all()).containsKey("root").doesNotContainKey(NAME);

        levels.set(NAME, "trace");
        assertThat(levels.all()).containsEntry(NAME, "trace");
        assertThat(effective()).isEqualTo(Level.TRACE);

        levels.set(NAME, "inherited");
        assertThat(levels.all()).doesNotContainKey(NAME);
        assertThat(effective()).isEqualTo(before);
    }

    @Test
    void theLevelOfAllIsThatOfTheRoot() {
        LogbackLevels levels = new LogbackLevels();
        String before = levels.all().get("root");
        try {
            levels.set("root", "off");
            assertThat(effective()).isEqualTo(Level.OFF);
        } finally {
            levels.set("root", before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "root,loud,level is \"loud\"",
        "root,inherited,level is \"inherited\"",
        "root,'',level is",
        "root,DEBUG,level is \"DEBUG\"",
        "a b,info,logger is \"a b\"",
        "'',info,logger is",
        "a..b,info,logger is",
    })
    void whatIsNotValidIsRefusedAndNamed(String logger, String level, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogbackLevels().set(logger, level))
                .withMessageContaining(problem)
                .withMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?level=loud", "", "?logger=a%20b&level=info", "?level=info&level=warn", "?lvl=info"})
    void aRequestThatIsNotValidIsRefused(String query) throws Exception {
        assertThat(post(query).statusCode()).isEqualTo(400);
    }

    @Test
    void aRequestChangesALevel() throws Exception {
        try {
            HttpResponse<String> answer = post("?logger=" + NAME + "&level=debug");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("{\"levels\":{", "\"" + NAME + "\":\"debug\"");
            assertThat(effective()).isEqualTo(Level.DEBUG);
        } finally {
            new LogbackLevels().set(NAME, "inherited");
        }
    }

    private static HttpResponse<String> post(String query) throws Exception {
        ServerConfig config = ServerConfig.builder()
                .listen(listen -> listen.port(0))
                .data(data -> data.durability(Durability.MEMORY))
                .build();
        try (DurableStreamsServer server = DurableStreamsServer.start(config, new LogbackLevels())) {
            URI uri = URI.create(
                    "http://127.0.0.1:" + server.adminAddress().orElseThrow().getPort() + "/admin/log-level" + query);
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
