package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberTest {
    @Test
    void aListIsParsed() {
        assertThat(Member.parseList("n1=host:4438, n2=10.0.0.2:4438,n-3=[::1]:1"))
                .containsExactly(
                        new Member("n1", "host", 4438),
                        new Member("n2", "10.0.0.2", 4438),
                        new Member("n-3", "[::1]", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|the member \"\" is not valid; expected name=host:port",
                "n1=host|the member \"n1=host\" is not valid",
                "n1=host:1,|the member \"\" is not valid",
                "n1=::1:80|the member \"n1=::1:80\" is not valid",
                "N1=host:1|the name \"N1\" of a member is not valid; expected 1 to 32 lower-case letters",
                "-n=host:1|the name \"-n\"",
                "n1=host:0|the port 0 of member n1 is not valid; expected 1 to 65535",
                "n1=host:65536|the port 65536",
                "n1=host:1٢|is not valid; expected name=host:port",
                "n1=a:1,n1=b:1|two members with the name n1",
                "n1=a:1,n2=a:1|two members with the address a:1",
                "a=a:1,b=a:2,c=a:3,d=a:4,e=a:5,f=a:6,g=a:7,h=a:8,i=a:9,j=a:10|the list has 10 members; expected 1 to 9",
            })
    void whatIsNoListIsRefused(String text, String message) {
        assertThatThrownBy(() -> Member.parseList(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aMemberIsInItsList() {
        assertThatThrownBy(() -> ClusterConfig.of("c", Member.parseList("n1=a:1"), "n2", Path.of("d")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the member \"n2\" is not in the list of members");
    }
}
