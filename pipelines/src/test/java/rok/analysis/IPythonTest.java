package rok.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IPythonTest {
    private static String rewrite(String cell) {
        return IPython.rewrite(cell).python();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    !pip install x | pass
                    !!ls | pass
                    %matplotlib inline | pass
                    %time y = f(x) | y = f(x)
                    %timeit -n 10 -r 3 f(x) | f(x)
                    %time | pass
                    x = !ls {folder} | x = None
                    a, b = !ls | a, b = None
                    x = %time f(1) | x = f(1)
                    x = %sql select 1 | x = None
                    df.head? | pass
                    ??df | pass
                    ?df.head | pass
                    pip install x | pass
                    x = a % b | x = a % b
                    x = "!ls" | x = "!ls"
                    x != y | x != y
                    x = 'why?' | x = 'why?'
                    x # why? | x # why?
                    ,f a b | pass
                    /f a | pass
                    In [3]: x = 1 | x = 1
                    """)
    void aLineOfIPythonBecomesPlainPython(String line, String python) {
        assertThat(rewrite(line)).isEqualTo(python);
        PythonCode.parse(line);
    }

    @Test
    void linesKeepTheirNumbersAndTheirIndentation() {
        assertThat(rewrite("if x:\n    !echo it's \\\n  going on\n    y = 1\nz = (a\n%b)\n"))
                .isEqualTo("if x:\n    pass\n\n    y = 1\nz = (a\n%b)\n");
    }

    @Test
    void linesInsideStringsAndBracketsAreNoMagics() {
        var cell = "x = '''\n!ls\n%time\n'''\ny = [\n  1\n  % 2]\nz = 5 \\\n  % 3\n";
        assertThat(rewrite(cell)).isEqualTo(cell);
    }

    @Test
    void aCellMagicOfAnotherLanguageSaysNothing() {
        assertThat(rewrite("%%bash\nif [ x ]; then\n")).isEmpty();
        assertThat(rewrite("\n%%bash --out listing\nls\n")).isEqualTo("\nlisting = ''");
    }

    @Test
    void cellMagicsThatRunPythonKeepTheirBody() {
        assertThat(rewrite("%%time\nx = 1\n!ls")).isEqualTo("\nx = 1\npass");
        assertThat(rewrite("%%capture out\n%%time\nx = 1")).isEqualTo("out = None\n\nx = 1");
    }

    @Test
    void anIndentedCellIsTakenBack() {
        assertThat(rewrite("    x = 1\n    if x:\n        y = 2")).isEqualTo("x = 1\nif x:\n    y = 2");
    }

    @Test
    void variablesInShellLinesAreFound() {
        assertThat(IPython.rewrite("!cp $source {target} {a.b[0]} $HOME {1}").shellNames())
                .containsExactly("HOME", "a", "source", "target");
    }
}
