namespace FaasPS.Engine.Sampling;

/// <summary>
/// The variance-preserving noise schedule x_t = sqrt(alphaBar_t) x0 + sqrt(1 - alphaBar_t) epsilon of Stable Diffusion: betas are squares
/// of evenly spaced numbers from sqrt(start) to sqrt(end).
/// </summary>
public sealed class NoiseSchedule
{
    private readonly double[] alphaBar;

    /// <summary>Computes the schedule in double precision; a checkpoint's own buffers may have lost some.</summary>
    /// <param name="linearStart">The first beta, in (0, 1).</param>
    /// <param name="linearEnd">The last beta, in (0, 1).</param>
    /// <param name="timesteps">The number of timesteps T, at least 2.</param>
    public NoiseSchedule(double linearStart = 0.00085, double linearEnd = 0.012, int timesteps = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timesteps, 2);
        alphaBar = new double[timesteps];
        var (first, last) = (Math.Sqrt(linearStart), Math.Sqrt(linearEnd));
        var product = 1.0;
        for (var t = 0; t < timesteps; t++)
        {
            var root = first + ((last - first) * t / (timesteps - 1));
            product *= 1 - (root * root);
            alphaBar[t] = product;
        }
    }

    /// <summary>T.</summary>
    public int Timesteps => alphaBar.Length;

    /// <summary>alphaBar_t, the share of the signal's variance that is left at timestep t in 0..T-1.</summary>
    public double AlphaBar(int timestep) => alphaBar[timestep];

    /// <summary>sigma_t = sqrt((1 - alphaBar_t) / alphaBar_t): the noise level in units of the signal.</summary>
    public double Sigma(int timestep) => Math.Sqrt((1 - alphaBar[timestep]) / alphaBar[timestep]);
}
