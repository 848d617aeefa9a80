using FaasPS.Engine;

namespace FaasPS.Cmdlets.Reports;

/// <summary>Multiply-accumulates by network: the full run's as a track, what was spent as the bar on it.</summary>
internal static class MacsChart
{
    private const int Left = 118;
    private const int Length = 290;
    private const int RowHeight = 42;

    public static Html Draw(IReadOnlyList<NetworkMacs> networks)
    {
        var rows = networks.Select(n => (Name: Names.Of(n.Network), n.Macs, n.FullMacs)).ToList();
        rows.Add(("Together", rows.Sum(row => row.Macs), rows.Sum(row => row.FullMacs)));
        var scale = new Scale(0, Math.Max(1, rows[^1].FullMacs), 0, Length);
        var bars = rows.Select(Html (row, i) =>
        {
            var y = i * RowHeight;
            return $"""
                <text x="{Left - 10}" y="{y + 15}" text-anchor="end">{row.Name}</text>
                <rect class="track" x="{Left}" y="{y + 3}" width="{scale[row.FullMacs]}" height="16" rx="3"/>
                <rect class="run" x="{Left}" y="{y + 3}" width="{scale[row.Macs]}" height="16" rx="3"><title>{row.Macs:N0} of {row.FullMacs:N0}</title></rect>
                <text class="tick" x="{Left}" y="{y + 31}">{Figures.Count(row.Macs)} of {Figures.Count(row.FullMacs)}, {Figures.Percent(Share(row.Macs, row.FullMacs))}</text>
                """;
        });
        var summary = string.Join("; ", rows.Select(row => $"{row.Name} {Figures.Percent(Share(row.Macs, row.FullMacs))} of the full run's"));
        return $"""
            {Legend.Of(("run", "spent"), ("track", "full run"))}
            <svg class="chart" viewBox="0 0 {Left + Length + 6} {rows.Count * RowHeight}" role="img" aria-label="Multiply-accumulates: {summary}">{bars}</svg>
            """;
    }

    private static double Share(long macs, long full) => full == 0 ? 0 : (double)macs / full;
}
