package io.streamkeeper.server.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.request.Method;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final RouteHandler NOTHING = (request, answering) -> {};

    private static final Route HEALTH = Route.reading("/health", NOTHING);
    private static final Route CONSOLE = Route.reading("/console/", NOTHING);
    private static final Route LOG = new Route("/log", Set.of(Method.PUT), NOTHING);

    private static final Routes ROUTES = new Routes(List.of(HEALTH, CONSOLE, LOG), "/streams/");

    @Test
    void aPathIsFoundAsAWholeAndAPathWithASlashAtItsEndWithAllBelowIt() {
        assertThat(ROUTES.find("/health")).isEqualTo(HEALTH);
        assertThat(ROUTES.find("/health/")).isNull();
        assertThat(ROUTES.find("/healthy")).isNull();
        assertThat(ROUTES.find("/console/")).isEqualTo(CONSOLE);
        assertThat(ROUTES.find("/console/a/b.js")).isEqualTo(CONSOLE);
        assertThat(ROUTES.find("/console")).isNull();
        assertThat(ROUTES.find("/streams/a")).isNull();
    }

    @Test
    void theMethodsOfAPathFollowFromItsLine() {
        assertThat(ROUTES.methods("/health")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(ROUTES.methods("/log")).isEqualTo("PUT, OPTIONS");
        assertThat(ROUTES.methods("/streams/a")).isEqualTo("GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS");
    }

    @Test
    void theRootIsFoundWithoutTheSlashAtItsEnd() {
        assertThat(ROUTES.isRoot("/streams/")).isTrue();
        assertThat(ROUTES.isRoot("/streams")).isTrue();
        assertThat(ROUTES.isRoot("/stream")).isFalse();
        assertThat(ROUTES.isRoot("/streamss")).isFalse();
        assertThat(ROUTES.methods("/streams")).isEqualTo("GET, HEAD, POST, OPTIONS");
        assertThat(new Routes(List.of(HEALTH), "/health/").isRoot("/health")).isFalse();
        assertThat(new Routes(List.of(HEALTH), "/").isRoot("/")).isTrue();
        assertThat(new Routes(List.of(HEALTH), null).isRoot("")).isFalse();
    }

    @Test
    void thePathOfNoLineHasTheMethodsOfAll() {
        assertThat(ROUTES.methods("*")).isEqualTo("GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS");
        assertThat(new Routes(List.of(HEALTH, LOG), null).methods("/none")).isEqualTo("GET, HEAD, PUT, OPTIONS");
    }

    @Test
    void aStreamThatClientsDoNotWriteHasTheMethodsThatRead() {
        Routes routes = new Routes(List.of(HEALTH), "/streams/", Set.of(new StreamPath("a b")));
        assertThat(routes.methods("/streams/a%20b")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(routes.methods("/streams/a%20b/c")).contains("PUT");
        assertThat(routes.methods("/streams/a%2")).contains("PUT");
    }

    @Test
    void whatIsSaidOfAPathWithoutALineNamesTheRootOfTheStreamsIfThereAreSome() {
        assertThat(ROUTES.nothingAt("/a"))
                .isEqualTo("nothing is at \"/a\"; streams are below /streams/, the console is at /console/");
        assertThat(new Routes(List.of(HEALTH), "/streams/").nothingAt("/a"))
                .isEqualTo("nothing is at \"/a\"; streams are below /streams/");
        assertThat(new Routes(List.of(HEALTH), null).nothingAt("/a"))
                .isEqualTo("nothing is at \"/a\"; this listener serves no streams");
    }

    @Test
    void aPathWithoutASlashAtItsBeginningIsRefused() {
        assertThatThrownBy(() -> Route.reading("health", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"health\"");
    }
}
