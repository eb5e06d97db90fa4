package rok.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cells need, bind and change, worked out by hand. Lines of a cell are separated by ⏎. */
class NamesTest {
    private static Names names(String... cells) {
        return Names.of(
                List.of(cells).stream()
                        .map(c -> PythonCode.parse(c.replace("⏎", "\n")))
                        .toList(),
                Map.of());
    }

    private static Set<String> set(String names) {
        var set = new TreeSet<>(List.of(names.strip().split(" ")));
        set.remove("");
        return set;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    # cell                                              | needs     | surely binds
                    x = a.b[c](d=e)                                     | a c e     | x
                    y = x⏎x = 1                                         | x         | x y
                    x = 1⏎y = x                                         |           | x y
                    x += 1                                              | x         | x
                    x: int = v                                          | int v     | x
                    x: int                                              | int       |
                    a, (b, *c) = d = e                                  | e         | a b c d
                    if c: x = 1⏎print(x)                                | c print x |
                    if c: x = 1⏎else: x = 2⏎print(x)                    | c print   | x
                    if c: x = 1⏎elif d: x = 3⏎else: raise e⏎print(x)    | c d e print | x
                    for i in xs: x = i⏎print(x)                         | print x xs |
                    for i in xs: pass⏎else: x = 1⏎print(x)              | print xs  | x
                    while True:⏎    x = f()⏎    if x: break⏎print(x)    | f print   | x
                    while c: x = 1⏎print(x)                             | c print x |
                    with open(p) as f: x = f.read()⏎print(x)            | open p print | f x
                    try: import a⏎except ImportError: a = None⏎a.b      | ImportError | a
                    try: x = f()⏎except E as e: print(e)⏎x              | E f print x |
                    try: x = f()⏎except E: raise⏎x                      | E f       | x
                    try: x = f()⏎finally: g()⏎x                         | f g       | x
                    try: f()⏎except E as e: pass⏎e                      | E e f     |
                    del x⏎x                                             | x         |
                    x = 1⏎del x⏎x                                       | x         |
                    import a.b, c as d⏎from e import f as g, h          |           | a d g h
                    ys = [x for x in xs if x > k]                       | k xs      | ys
                    x = 1⏎ys = [x for x in x]                           |           | x ys
                    [y := f(x) for x in xs]⏎y                           | f xs y    |
                    if (n := f()) > 1: pass⏎n                           | f         | n
                    a and (b := c) and b⏎b                              | a b c     |
                    (x if (x := f()) else g)                            | f g       | x
                    g = lambda a, b=c: a + d                            | c d       | g
                    f'{a!r:>{w}} {b + 1}'                               | a b w     |
                    f'{ {k: v} } {x=}'                                  | k v x     |
                    match s:⏎    case [a, *b]: pass⏎    case _: a = 1⏎a | s         | a
                    match s:⏎    case C(x=y) if y > z: pass⏎y           | C s y z   |
                    match s:⏎    case m.K: x = 1⏎    case {'k': v, **r}: x = v⏎    case x: pass⏎x | m s | x
                    class A(B):⏎    k = v⏎    def f(self): return k     | B k v     | A
                    class A:⏎    x = x⏎    y = x                        | x         | A
                    class A:⏎    def f(self): return __secret           | _A__secret | A
                    @dec⏎def f(a: T = d) -> R: pass                     | R T d dec | f
                    def f[T](a: T) -> list[T]: return a                 | list      | f
                    type P[T] = list[T]                                 |           | P
                    type(x).y = z                                       | type x z  |
                    global g⏎g = 1                                      |           | g
                    print >> f, x                                       | f print x |
                    async def f():⏎    async for i in s: await i        | s         | f
                    await f(x)                                          | f x       |
                    assert a, b                                         | a b       |
                    x = yield_                                          | yield_    | x
                    ｘ = 1⏎x                                             |           | x
                    """)
    void eachFormNeedsAndBindsWhatItSays(String cell, String needs, String binds) {
        var names = names(cell);
        assertThat(names.needs().keySet())
                .as("needs")
                .containsExactlyInAnyOrderElementsOf(set(needs == null ? "" : needs));
        assertThat(names.surelyBinds()).as("binds").isEqualTo(set(binds == null ? "" : binds));
    }

    @Test
    void aFunctionsBodyCountsWhereItIsMentioned() {
        assertThat(names("def f(): return k", "k = 1", "f()").needs()).isEmpty();
        assertThat(names("def f(): return k", "f()", "k = 1").needs()).containsOnlyKeys("k");
        assertThat(names("def f(): return g()", "def g(): return k", "f()", "k = 1")
                        .needs())
                .containsOnlyKeys("k");
    }

    @Test
    void aFunctionThatNobodyCallsMayStillBeCalledLater() {
        assertThat(names("def f(): return k").needs()).containsOnlyKeys("k");
        assertThat(names("def f(): return k", "k = 1").needs()).isEmpty();
    }

    @Test
    void defaultsAreNeededWhereTheFunctionIsDefinedAndCarriedNoFurther() {
        var names = names("def f(x=d): return x + k");
        assertThat(names.needs()).containsOnlyKeys("d", "k");
        assertThat(names.carries()).containsExactly(Map.entry("f", Set.of("k")));
    }

    @Test
    void valuesCarryTheFunctionsThatTheyHold() {
        var cell =
                "def f(): return k⏎class M:⏎  def go(self): return j⏎g = f⏎h = [1, f]⏎m = M()⏎p = partial(f, 1)⏎r = f()";
        assertThat(names(cell).carries()).containsOnlyKeys("M", "f", "g", "h", "m", "p");
    }

    @Test
    void whatIsBoundAnewCarriesNothing() {
        assertThat(names("def f(): return k", "f = 1").carries()).isEmpty();
    }

    @Test
    void aGlobalStatementBindsWhenTheFunctionIsMentioned() {
        assertThat(names("def f():⏎    global g⏎    g = 1").binds()).containsExactly("f");
        assertThat(names("def f():⏎    global g⏎    g = 1", "f()").binds()).containsExactly("f", "g");
    }

    @Test
    void changesInPlaceAreSeenThroughAttributesItemsAndFunctions() {
        var cell = "a.x = 1⏎b[0].y += 1⏎c.d.append(1)⏎df.drop('x', inplace=True)⏎del e['k']⏎f.mean()⏎g(h)⏎"
                + "def u(v):⏎    v[0] = 1⏎    w[0] = 1⏎    q = {}⏎    q[0] = 1";
        assertThat(names(cell).changes()).containsExactly("a", "b", "c", "df", "e", "w");
    }

    @Test
    void deletedNamesAreGoneUnlessBoundAgain() {
        assertThat(names("x = 1⏎y = 1⏎del x, y⏎y = 2").deletes()).containsExactly("x");
        assertThat(names("if c: del x").deletes()).isEmpty();
    }

    @Test
    void placesNameTheCellAndItsLine() {
        assertThat(names("x = 1", "\n\ny = k\nz = k").needs()).containsEntry("k", new Names.Place(1, 3));
    }

    @Test
    void starImportsAreTold() {
        assertThat(names("from math import *").starImport()).isTrue();
        assertThat(names("from math import pi").starImport()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    x = = 1         | 1
                    x = 1⏎y = (     | 2
                    x = 1⏎⏎if x     | 3
                    print 'hello'   | 1
                    exec 'x'        | 1
                    def f(:⏎  pass  | 1
                    x = 'abc        | 1
                    for x in y⏎  z  | 1
                    a b             | 1
                    """)
    void aSyntaxErrorNamesItsLine(String cell, int line) {
        var error = org.assertj.core.api.Assertions.catchThrowableOfType(
                PythonSyntaxException.class, () -> PythonCode.parse(cell.replace("⏎", "\n")));
        assertThat(error).isNotNull();
        assertThat(error.line()).isEqualTo(line);
    }

    @Test
    void codeOfAnyDepthIsReadOrRefused() {
        PythonCode.parse("x = " + "1 + ".repeat(20_000) + "1");
        PythonCode.parse("x = " + "(".repeat(150) + "1" + ")".repeat(150));
        names("x = a" + ".b".repeat(900));
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        PythonSyntaxException.class,
                        () -> PythonCode.parse("x = " + "[".repeat(5000) + "]".repeat(5000))))
                .hasMessageContaining("nested more than");
    }
}
